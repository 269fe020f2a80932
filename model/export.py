"""Writes forests in the form that `src/judge/forest.rs` reads."""
import struct

STEP = 4096


def small(value):
    return struct.pack("<h", max(-32768, min(32767, round(value * STEP))))


def thresholds(dump, columns):
    found = [set() for _ in range(columns)]
    for tree in dump["tree_info"]:
        walk(tree["tree_structure"], lambda node: found[node["split_feature"]].add(as_f32(node["threshold"])))
    return [sorted(f) for f in found]


def as_f32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def walk(node, visit):
    if "split_feature" in node:
        visit(node)
        walk(node["left_child"], visit)
        walk(node["right_child"], visit)


def pack(forest):
    dump = forest.dump_model()
    columns = dump["max_feature_idx"] + 1
    places = thresholds(dump, columns)
    out = struct.pack("<H", columns)
    for values in places:
        if len(values) > 256:
            raise SystemExit("more than 256 thresholds of one feature: lower max_bin")
        out += struct.pack("<H", len(values)) + struct.pack(f"<{len(values)}f", *values)
    trees = [t["tree_structure"] for t in dump["tree_info"]]
    trees = [t for t in trees if "split_feature" in t]
    # What a tree of one leaf would add is in the first tree's leaves already: lightgbm folds the mean in there.
    out += struct.pack("<f", 0.0) + struct.pack("<H", len(trees))
    for tree in trees:
        nodes, leaves = [], []
        def enter(node):
            if "split_feature" not in node:
                leaves.append(node["leaf_value"])
                return -len(leaves)
            at = len(nodes)
            nodes.append(None)
            left, right = enter(node["left_child"]), enter(node["right_child"])
            place = places[node["split_feature"]].index(as_f32(node["threshold"]))
            nodes[at] = struct.pack("<BBbb", node["split_feature"], place, left, right) + small(node["internal_value"])
            return at
        enter(tree)
        out += struct.pack("<H", len(nodes)) + b"".join(nodes) + b"".join(small(v) for v in leaves)
    return out


def write(path, words, forests):
    data = words + b"".join(pack(f) for f in forests)
    path.write_bytes(data)
    return len(data)

"""Writes forests in the form that `src/judge/forest.rs` reads."""
import json
import math
import pathlib
import struct
import tempfile

STEP = 4096
WEIGHT_STEPS = 14    # of a factor of two


def small(value):
    return struct.pack("<h", max(-32768, min(32767, round(value * STEP))))


def weight(value):
    return min(255, round(WEIGHT_STEPS * math.log2(1 + value)))


def dump(forest):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "forest.json"
        forest.save_model(str(path), format="json")
        return json.loads(path.read_text())


def pack(forest):
    model = dump(forest)
    trees = model["oblivious_trees"]
    used = [set() for _ in model["features_info"]["float_features"]]
    for tree in trees:
        for split in tree["splits"]:
            used[split["float_feature_index"]].add(split["border"])
    thresholds = [sorted(values) for values in used]
    out = struct.pack("<H", len(thresholds))
    for values in thresholds:
        if len(values) > 256:
            raise SystemExit("more than 256 thresholds of one feature: lower border_count")
        out += struct.pack("<H", len(values)) + struct.pack(f"<{len(values)}f", *values)
    scale, (bias,) = model["scale_and_bias"]
    if scale != 1:
        raise SystemExit("a forest with a scale")
    out += struct.pack("<fH", bias, len(trees))
    for tree in trees:
        splits = [(split["float_feature_index"], split["border"]) for split in tree["splits"]]
        out += struct.pack("<B", len(splits))
        out += b"".join(struct.pack("<BB", feature, thresholds[feature].index(border)) for feature, border in splits)
        out += b"".join(small(value) for value in tree["leaf_values"])
        out += bytes(weight(value) for value in tree["leaf_weights"])
    return out


def write(path, words, forests):
    data = words + b"".join(pack(f) for f in forests)
    path.write_bytes(data)
    return len(data)

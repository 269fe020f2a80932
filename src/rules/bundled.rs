//! Bundled.

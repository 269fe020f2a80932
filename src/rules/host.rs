//! Hosts.
/// Hosts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts;

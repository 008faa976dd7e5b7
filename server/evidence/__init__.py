"""Evidence hints: what may make a reviewer look twice at a visit. They decide nothing."""

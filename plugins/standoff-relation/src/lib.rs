//! Relations between annotations, found by rules

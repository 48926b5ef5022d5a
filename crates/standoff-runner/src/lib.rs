//! Pipeline files, checked plans and parallel runs of annotators

//! Documents with stand-off annotations in columnar layers, and the contract of annotators

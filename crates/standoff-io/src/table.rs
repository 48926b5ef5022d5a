//! A page for people.

//! Names from lists, with ids and coordinates

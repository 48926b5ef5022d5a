//! People, organisations and roles by rules; mentions of one thing become one entity

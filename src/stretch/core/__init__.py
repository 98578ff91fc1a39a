"""Pure logic: no clock, file, terminal or random source except the given seed."""

"""WeChat's servers in a box: pay, log in and be let down, without an account or a network."""

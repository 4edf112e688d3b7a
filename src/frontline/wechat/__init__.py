"""Clients of WeChat's servers, and a simulator of those servers to rehearse with."""

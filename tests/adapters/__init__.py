"""Tests of what machines do, each against the real machine."""

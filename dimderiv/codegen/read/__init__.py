"""Printed programs as nodes to plan."""

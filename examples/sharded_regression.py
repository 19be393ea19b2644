"""Logistic regression on two devices: the records are split, the gradient is the same.

dimderiv's code for jax is one function.  Where its arrays are split over devices, the compiler
splits the work: each device sees its own records, and only the small gradient travels.
"""

import os
import sys

from dimderiv import derive

# jax reads both when it is imported: this processor plays two devices.
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
os.environ["JAX_PLATFORMS"] = "cpu"

try:
    import jax
    import jax.numpy as jnp
    from jax.sharding import NamedSharding, PartitionSpec
except ImportError:
    sys.exit("This example needs jax: pip install 'jax>=0.6'")

gradient = derive("sum(softplus(-y .* (X w)))", "w", shapes="X: N x d; w: d; y: N")
print(f"gradient: {gradient}\n")

# The records and their labels are split along N; every device has all of w.
devices = jax.devices()
mesh = jax.sharding.Mesh(devices, ("records",))
split, whole = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in (["records"], []))

keys = jax.random.split(jax.random.key(4), 3)
X = jax.random.normal(keys[0], (10_000, 20))
w = jax.random.normal(keys[1], (20,))
y = jnp.where(jax.random.bernoulli(keys[2], jax.nn.sigmoid(X @ w)), 1.0, -1.0)
records = {"X": jax.device_put(X, split), "y": jax.device_put(y, split)}
weights = jax.device_put(w, whole)
print(f"{len(devices)} devices; each one has {records['X'].addressable_shards[0].data.shape} of X")

slope = jax.jit(gradient.function("jax"))
found = slope(w=weights, **records)
alone = slope(X=X, w=w, y=y)
print(f"sharding of the gradient: {found.sharding.spec}, on {len(found.devices())} devices")
print(f"difference from one device: {jnp.abs(found - alone).max() / jnp.abs(alone).max():.0e}")
assert jnp.allclose(found, alone, rtol=1e-4)

# What travels between the devices is written in the compiled program.
program = slope.lower(w=weights, **records).compile().as_text()
print(f"all-reduce of the gradient: {program.count(' all-reduce(')}", end="; ")
print(f"all-gather of the records: {program.count(' all-gather(')}")
assert "all-reduce" in program
assert "all-gather" not in program

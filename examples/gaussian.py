"""The Gaussian: which mean and which covariance make the data most likely?

Written as a log-likelihood in matrices, with the N records as the rows of X.  Its gradients are
zero at the sample mean and the sample covariance, and the generated code confirms it.
"""

import numpy as np

from dimderiv import derive

LIKELIHOOD = """
R = X - ones(N, 1) m'                                 # residuals, one record a row
l = -N/2 logdet(S) - 1/2 tr(R inv(S) R')              # up to a constant
"""

gradients = derive(LIKELIHOOD, "m, S", shapes="X: N x d; m: d; S: d x d spd")
print(gradients.text(multiline=True))
print(f"\nchecked: {gradients.verification}\n")

generator = np.random.default_rng(2)
X = generator.normal(size=(500, 3)) @ np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.5, 3.0]])
mean = X.mean(axis=0)
covariance = (X - mean).T @ (X - mean) / len(X)

by_mean, by_covariance = gradients.function("numpy")(X=X, m=mean, S=covariance)
print(f"at the sample mean and covariance: |dm| = {np.linalg.norm(by_mean):.1e},", end=" ")
print(f"|dS| = {np.linalg.norm(by_covariance):.1e}")
assert np.allclose(by_mean, 0, atol=1e-8)
assert np.allclose(by_covariance, 0, atol=1e-8)

by_mean, by_covariance = gradients.function("numpy")(X=X, m=mean + 0.1, S=covariance)
print(f"a little away from them:           |dm| = {np.linalg.norm(by_mean):.1e},", end=" ")
print(f"|dS| = {np.linalg.norm(by_covariance):.1e}")

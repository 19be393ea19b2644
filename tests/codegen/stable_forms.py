"""Expressions in which exponentials overflow unless they are computed in another way.

Each with the shapes of its symbols; `x`, or what the third text names, is differentiated by.
"""

FORMS = [
    ("sum(log(exp(x) + exp(y)))", "x: n; y: n"),
    ("log(1 + sum(exp(x)))", "x: n"),
    ("log(sum(y.^2 .* exp(x)))", "x: n; y: n"),
    ("sum(exp(x) ./ (1 + sum(exp(x))) .* y)", "x: n; y: n"),
    ("y' log(A.^2 exp(x) / sum(exp(x)))", "x: n; y: m; A: m x n"),
    ("sum((exp(x) - exp(-x)) ./ (exp(x) + exp(-x)) .* y)", "x: n; y: n"),
    ("sum(x .* (1 + (exp(1.6 x) - 1) ./ (exp(1.6 x) + 1)) / 2)", "x: n"),
    ("sum(x .* (1 + (exp(x + x.^3 / 999999) - 1) ./ (exp(x + x.^3 / 999999) + 1)) / 2)", "x: n"),
    ("exp(-x'x / 900) / (exp(-x'x / 900) + exp(-y'y / 2))", "x: n; y: n"),
    ("-sum(y .* log(softmax(x)))", "x: n; y: n"),
    ("sum(y .* log(sigmoid(x)) + (1 - y) .* log(1 - sigmoid(x)))", "x: n; y: n"),
    ("sum(log(cosh(x)))", "x: n"),
    ("sum(exp(x) ./ (1 + exp(x)) .* y)", "x: n; y: n"),
    ("sum(log(1 - exp(-abs(x))))", "x: n"),
    ("sum(log(sum(exp(diag(x) A), axis=1)))", "x: m; A: m x n"),
    ("sum(log(exp(diag(x) A) y.^2))", "x: m; y: n; A: m x n"),
    ("sum(log(exp(A) softmax(x)))", "x: n; A: m x n"),
    ("log(det(diag(exp(x)) + A A' + eye(n)))", "x: n; A: n x n"),
    ("-sum(y .* (1 - sigmoid(x)).^2 .* log(sigmoid(x)))", "x: n; y: n"),
    ("-log(exp(y'x) / (exp(y'x) + sum(exp(A x))))", "x: n; y: n; A: m x n"),
    ("sum(exp(-y / 2 .* x) .* y) / sum(exp(-y / 2 .* x))", "x: n; y: n"),
    ("sum(log(1 + exp(-y .* x)))", "x: n; y: n"),
    ("sum(softmax(x) .* log(softmax(x)))", "x: n"),
    ("log(sum(exp(x)) + exp(y'x)) - sum(x) / n", "x: n; y: n"),
    ("sum(log(exp(-(x / 30 - y).^2) / 3 + exp(-(x / 30 + y).^2) / 5))", "x: n; y: n"),
    ("sum(log(sigmoid(y + 7 - x) - sigmoid(y - 2 - x)))", "x: n; y: n"),
]

// Examples from course notes: what is asked, and the names of it in both languages.

export const EXAMPLES = [
  { en: "least squares", zh: "最小二乘", expr: "||Xw - y||^2", wrt: "w" },
  { en: "linear layer", zh: "线性层", expr: "Y = X W", wrt: "X,W", upstream: "G", shapes: "X: N x d" },
  {
    en: "bias", zh: "偏置", expr: "Y = X W + b", wrt: "b", upstream: "G",
    shapes: "X: N x d; b: 1 x c",
  },
  {
    en: "two-layer net", zh: "两层网络",
    expr: "S1 = X W1 + b1\nH = relu(S1)\nS2 = H W2 + b2\nL = cross_entropy(S2, Y)",
    wrt: "W1,b1,W2,b2", shapes: "X: N x d; b1: 1 x h; b2: 1 x c",
  },
  {
    en: "softmax layer", zh: "softmax 层", expr: "S = X W + b\nL = cross_entropy(S, Y)",
    wrt: "W,b", shapes: "X: N x d; b: 1 x c",
  },
  {
    en: "batch norm", zh: "批归一化",
    expr: "M = X - mean(X, axis=0)\nV = mean(M.^2, axis=0)\nY = M ./ sqrt(V)",
    wrt: "X", upstream: "G", shapes: "X: N x d",
  },
  { en: "convolution", zh: "卷积", expr: "conv2(V, K)", wrt: "V,K", upstream: "G" },
  {
    en: "attention", zh: "注意力",
    expr: "Q = X W_q\nK = X W_k\nV = X W_v\nP = softmax(Q K' / sqrt(c))\nP V",
    wrt: "W_q,W_k,W_v", upstream: "G",
  },
  {
    en: "logistic regression, Hessian", zh: "逻辑回归的黑塞矩阵",
    expr: "sum(softplus(-y .* (X w)))", wrt: "w", order: 2,
  },
  {
    en: "Gaussian, by the precision", zh: "高斯分布的精度矩阵",
    expr: "(x - mu)' P (x - mu) / 2 - logdet(P) / 2", wrt: "P", shapes: "P: n x n spd",
  },
  {
    en: "LaTeX", zh: "LaTeX 写法", expr: "\\lVert Xw - y \\rVert_2^2 + \\lambda w^\\top w", wrt: "w",
  },
  {
    en: "NumPy", zh: "NumPy 写法", expr: "np.mean((np.tanh(X @ W) - T) ** 2)", wrt: "W",
  },
];

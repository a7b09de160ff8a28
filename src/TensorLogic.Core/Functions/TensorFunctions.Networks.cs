using TensorLogic.Operators;

namespace TensorLogic;

/// <summary>Layers of neural networks. Sources: PyTorch <c>nn.functional</c>; the papers named.</summary>
public sealed partial class TensorFunctions
{
    private const double Excluded = -1e9;

    /// <summary>e^(x / temperature) over its sum along an axis; temperature 0 gives 1 at the first maximum and 0 elsewhere.</summary>
    public Tensor Softmax(Tensor x, int axis = -1, double temperature = 1)
    {
        ElementType type = FloatType(x.ElementType);
        Tensor wide = Wide(x);
        if (temperature == 0)
        {
            Tensor best = Unsqueeze(ArgMax(wide, axis), axis);
            Tensor winners = Run(Op.ScatterAlongAxis, new Op.ScatterAttributes(axis, Op.ScatterMode.Update), Tensor.Create(wide.ElementType, wide.Shape), best, Filled(1, wide.ElementType, best.Shape));
            return Cast(winners, type);
        }
        if (temperature != 1) wide = Run(Op.RealDiv, wide, Constant(temperature, wide.ElementType));
        return Cast(Run(Op.Softmax, new Op.AxisAttributes(axis), wide), type);
    }

    /// <summary>The logarithm of <see cref="Softmax"/>.</summary>
    public Tensor LogSoftmax(Tensor x, int axis = -1)
    {
        Tensor wide = Wide(x);
        return Cast(Run(Op.Sub, wide, Run(Op.ReduceLogSumExp, new Op.ReduceAttributes([axis], KeepDims: true), wide)), FloatType(x.ElementType));
    }

    /// <summary>(x - mean) / √(var + epsilon) · weight + bias along an axis. Source: Ba, Kiros and Hinton, arXiv 1607.06450.</summary>
    public Tensor LayerNorm(Tensor x, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5, int axis = -1)
    {
        Tensor wide = Wide(x);
        return Cast(Run(Op.LayerNorm, new Op.LayerNormAttributes([axis], epsilon), wide, WideOrNull(weight, wide.ElementType), WideOrNull(bias, wide.ElementType)), FloatType(x.ElementType));
    }

    /// <summary>x / √(mean(x²) + epsilon) · weight + bias along an axis. Source: Zhang and Sennrich, arXiv 1910.07467.</summary>
    public Tensor RmsNorm(Tensor x, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5, int axis = -1)
    {
        Tensor wide = Wide(x);
        Tensor squares = Run(Op.ReduceMean, new Op.ReduceAttributes([axis], KeepDims: true), Run(Op.Square, wide));
        return Cast(Affine(Run(Op.Mul, wide, Run(Op.Rsqrt, new Op.EpsilonAttributes(epsilon), squares)), weight, bias, axis), FloatType(x.ElementType));
    }

    /// <summary>x / max(‖x‖, epsilon) along an axis.</summary>
    public Tensor Normalize(Tensor x, int axis = -1, double epsilon = 1e-12)
    {
        Tensor wide = Wide(x);
        Tensor norm = Run(Op.ReduceL2Norm, new Op.ReduceAttributes([axis], KeepDims: true), wide);
        return Cast(Run(Op.RealDiv, wide, Run(Op.Maximum, norm, Constant(epsilon, norm.ElementType))), FloatType(x.ElementType));
    }

    /// <summary>(x - mean) / √(variance + epsilon) · weight + bias with given statistics for each channel (axis 1).</summary>
    public Tensor BatchNorm(Tensor x, Tensor mean, Tensor variance, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        Tensor wide = Wide(x);
        ElementType type = wide.ElementType;
        return Cast(Run(Op.BatchNorm, new Op.EpsilonAttributes(epsilon), wide, Cast(mean, type), Cast(variance, type), WideOrNull(weight, type), WideOrNull(bias, type)), FloatType(x.ElementType));
    }

    /// <summary>x [N, C, …] standardised for each sample and group of channels, times weight plus bias [C]. Source: Wu and He, arXiv 1803.08494.</summary>
    public Tensor GroupNorm(Tensor x, int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        Tensor rows = Reshape(Wide(x), x.Shape[0], groups, -1);
        Tensor normalized = Reshape(Run(Op.LayerNorm, new Op.LayerNormAttributes([2], epsilon), rows, null, null), x.Shape.Sizes);
        return Cast(Affine(normalized, weight, bias, 1), FloatType(x.ElementType));
    }

    // weight and bias are vectors along the axis.
    private Tensor Affine(Tensor x, Tensor? weight, Tensor? bias, int axis)
    {
        if (weight is not null) x = Run(Op.Mul, x, Along(Cast(weight, x.ElementType)));
        if (bias is not null) x = Run(Op.Add, x, Along(Cast(bias, x.ElementType)));
        return x;

        Tensor Along(Tensor vector) => Reshape(vector, [.. x.Shape.Select((_, k) => k == x.Shape.Axis(axis) ? checked((int)vector.ElementCount) : 1)]);
    }

    /// <summary>Cross-correlation: x [N, C, H, W], weight [O, C / groups, KH, KW], bias [O]. Pairs are for height and width.</summary>
    public Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, (int H, int W)? stride = null, (int H, int W) padding = default, (int H, int W)? dilation = null, int groups = 1)
    {
        ElementType result = Promote(x.ElementType, weight.ElementType), type = ComputeFloat(result);
        Op.ConvAttributes attributes = new(Pair(stride ?? (1, 1)), PadType.Custom, [padding.H, padding.H, padding.W, padding.W], Pair(dilation ?? (1, 1)), groups);
        return Cast(Run(Op.Conv, attributes, Cast(x, type), Cast(weight, type), WideOrNull(bias, type)), result);
    }

    /// <summary><see cref="Conv2d"/> with as many groups as channels: weight [C · m, 1, KH, KW].</summary>
    public Tensor DepthwiseConv2d(Tensor x, Tensor weight, Tensor? bias = null, (int H, int W)? stride = null, (int H, int W) padding = default, (int H, int W)? dilation = null) =>
        Conv2d(x, weight, bias, stride, padding, dilation, x.Shape[1]);

    /// <summary>The transpose of a convolution: x [N, C, H, W], weight [C, O, KH, KW]; output size (H - 1) · stride - 2 · padding + KH + output padding.</summary>
    public Tensor ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias = null, (int H, int W)? stride = null, (int H, int W) padding = default, (int H, int W) outputPadding = default)
    {
        ElementType result = Promote(x.ElementType, weight.ElementType), type = ComputeFloat(result);
        (int H, int W) step = stride ?? (1, 1);
        Op.ConvTransposeAttributes attributes = new(Pair(step), PadType.Custom, [padding.H, padding.H, padding.W, padding.W], [1, 1], 1,
        [
            x.Shape[0], weight.Shape[1],
            (x.Shape[2] - 1) * step.H - 2 * padding.H + weight.Shape[2] + outputPadding.H, (x.Shape[3] - 1) * step.W - 2 * padding.W + weight.Shape[3] + outputPadding.W,
        ]);
        return Cast(Run(Op.ConvTranspose, attributes, Cast(x, type), Cast(weight, type), WideOrNull(bias, type)), result);
    }

    /// <summary>The largest element of each window of x [N, C, H, W]; padding counts as -∞.</summary>
    public Tensor MaxPool2d(Tensor x, (int H, int W) kernel, (int H, int W)? stride = null, (int H, int W) padding = default) =>
        Cast(Run(Op.MaxPool, new Op.PoolAttributes(Pair(kernel), Pair(stride ?? kernel), PadType.Custom, [padding.H, padding.H, padding.W, padding.W], CeilMode: false), Wide(x)), x.ElementType);

    /// <summary>The mean of each window of x [N, C, H, W].</summary>
    public Tensor AvgPool2d(Tensor x, (int H, int W) kernel, (int H, int W)? stride = null, (int H, int W) padding = default, bool countIncludePad = false) =>
        Cast(Run(Op.AvgPool, new Op.AvgPoolAttributes(Pair(kernel), Pair(stride ?? kernel), PadType.Custom, [padding.H, padding.H, padding.W, padding.W], CeilMode: false, !countIncludePad), Wide(x)), x.ElementType);

    /// <summary>The mean of each channel of x [N, C, …]: [N, C].</summary>
    public Tensor GlobalAvgPool(Tensor x) => Mean(x, [.. Enumerable.Range(2, x.Rank - 2)]);

    /// <summary>The matrix product of the last two axes; a vector is a row on the left, a column on the right; leading axes broadcast.</summary>
    public Tensor MatMul(Tensor x, Tensor y)
    {
        ElementType type = Promote(x.ElementType, y.ElementType);
        if (type == ElementType.Bool) type = ElementType.Int64;
        ElementType compute = ComputeType(type);
        return Cast(Run(Op.MatMul, new Op.MatMulAttributes(), Cast(x, compute), Cast(y, compute)), type);
    }

    /// <summary>x [… , in] · weightᵀ [in, out] + bias [out].</summary>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        ElementType result = Promote(x.ElementType, weight.ElementType);
        if (result == ElementType.Bool) result = ElementType.Int64;
        ElementType type = ComputeType(result);
        return Cast(Run(Op.Linear, Cast(x, type), Cast(weight, type), WideOrNull(bias, type)), result);
    }

    /// <summary>softmax(q · kᵀ · scale) · v, with q [… , n, d], k [… , m, d], v [… , m, e]. A bool mask keeps where it is true, a number mask is
    /// added; causal keeps column - row ≤ m - n. Source: Vaswani et al., arXiv 1706.03762.</summary>
    public Tensor Attention(Tensor q, Tensor k, Tensor v, Tensor? mask = null, bool causal = false, double? scale = null)
    {
        ElementType result = FloatType(Promote(Promote(q.ElementType, k.ElementType), v.ElementType)), type = ComputeFloat(result);
        Tensor scores = Run(Op.MatMul, new Op.MatMulAttributes(TransposeY: true), Cast(q, type), Cast(k, type));
        scores = Run(Op.Mul, scores, Constant(scale ?? 1 / Math.Sqrt(q.Shape[-1]), type));
        if (mask is { ElementType: ElementType.Bool }) scores = Run(Op.Select, mask, scores, Constant(Excluded, type));
        else if (mask is not null) scores = Run(Op.Add, scores, Cast(mask, type));
        if (causal)
        {
            int n = scores.Shape[-2], m = scores.Shape[-1];
            Tensor<bool> keeps = Tensor<bool>.Create([n, m]);
            for (int row = 0; row < n; row++)
                for (int column = 0; column < m; column++) keeps.Span[row * m + column] = column - row <= m - n;
            scores = Run(Op.Select, keeps, scores, Constant(Excluded, type));
        }
        return Cast(Run(Op.MatMul, new Op.MatMulAttributes(), Run(Op.Softmax, new Op.AxisAttributes(-1), scores), Cast(v, type)), result);
    }

    /// <summary>Rotates the pairs (x[i], x[i + d/2]) of the last axis by (start + row) · base^(-2i/d). Source: Su et al., arXiv 2104.09864.</summary>
    public Tensor Rope(Tensor x, int start = 0, double @base = 10000)
    {
        int rows = x.Shape[-2], half = x.Shape[-1] / 2;
        Tensor wide = Wide(x);
        Tensor cos = Tensor.Create(wide.ElementType, [rows, half]), sin = Tensor.Create(wide.ElementType, [rows, half]);
        double[] angles = [.. Enumerable.Range(0, rows * half).Select(at => (start + at / half) * Math.Pow(@base, -2.0 * (at % half) / x.Shape[-1]))];
        TensorConversion.Write(cos, Array.ConvertAll(angles, Math.Cos));
        TensorConversion.Write(sin, Array.ConvertAll(angles, Math.Sin));
        Tensor first = Slice(wide, -1, 0, half), second = Slice(wide, -1, half, half);
        return Cast(Concat(
        [
            Run(Op.Sub, Run(Op.Mul, first, cos), Run(Op.Mul, second, sin)),
            Run(Op.Add, Run(Op.Mul, first, sin), Run(Op.Mul, second, cos)),
        ], -1), FloatType(x.ElementType));
    }

    private static ElementType ComputeFloat(ElementType type) => type == ElementType.Float64 ? type : ElementType.Float32;

    private static Ints Pair((int H, int W) pair) => [pair.H, pair.W];
}

namespace TensorLogic.Operators;

/// <summary>Gradients of normalisations. With h the normalised x and u = upstream · gamma, that of x is (u - mean(u) - h · mean(u · h)) / σ.</summary>
internal static class NormalizationGradients
{
    // x: [N, C, …]; the other inputs: [C]
    public static void OfBatchNorm(GradientContext g, Op.EpsilonAttributes a)
    {
        Tensor x = g.X, up = g.Upstream;
        int[] channel = [.. x.Shape.Select((size, axis) => axis == 1 ? size : 1)], others = [.. Enumerable.Range(0, x.Rank).Where(axis => axis != 1)];
        Tensor scale = g.Run(Op.Rsqrt, a, g.Reshape(g.Wide(2), channel));
        Tensor normalized = g.Mul(g.Sub(x, g.Reshape(g.Input(1), channel)), scale);
        Tensor scaled = g.Optional(3) is { } gamma ? g.Mul(up, g.Reshape(gamma, channel)) : up;
        if (g.Needs(0)) g.Set(0, g.Mul(scaled, scale));
        if (g.Needs(1)) g.Set(1, PerChannel(g.Neg(g.Mul(scaled, scale))));
        if (g.Needs(2)) g.Set(2, PerChannel(g.Mul(g.Mul(scaled, normalized), g.Mul(g.Run(Op.Square, scale), -0.5))));
        if (g.Needs(3)) g.Set(3, PerChannel(g.Mul(up, normalized)));
        if (g.Needs(4)) g.Set(4, PerChannel(up));

        Tensor PerChannel(Tensor gradient) => g.Reshape(g.Sum(gradient, others), [x.Shape[1]]);
    }

    /// <summary>Of x standardised over some axes, then scaled by gamma and moved by beta, which have the sizes of the parameter axes.</summary>
    public static void OfStandardized(GradientContext g, int[] axes, int[] parameterAxes, double epsilon)
    {
        Tensor x = g.Wide(0), up = g.Upstream;
        double count = axes.Aggregate(1.0, (product, axis) => product * x.Shape[axis]);
        int[] parameter = [.. x.Shape.Select((size, axis) => parameterAxes.Contains(axis) ? size : 1)], others = [.. Enumerable.Range(0, x.Rank).Except(parameterAxes)];
        Tensor centred = g.Sub(x, Mean(x));
        Tensor scale = g.Run(Op.Rsqrt, new Op.EpsilonAttributes(epsilon), Mean(g.Run(Op.Square, centred)));
        Tensor normalized = g.Mul(centred, scale);
        if (g.Needs(0))
        {
            Tensor scaled = g.Optional(1) is { } gamma ? g.Mul(up, g.Reshape(gamma, parameter)) : up;
            g.Set(0, g.Mul(g.Sub(g.Sub(scaled, Mean(scaled)), g.Mul(normalized, Mean(g.Mul(scaled, normalized)))), scale));
        }
        if (g.Needs(1)) g.Set(1, PerParameter(g.Mul(up, normalized), 1));
        if (g.Needs(2)) g.Set(2, PerParameter(up, 2));

        Tensor Mean(Tensor tensor) => g.Mul(g.Sum(tensor, axes), 1 / count);
        Tensor PerParameter(Tensor gradient, int input) => g.Reshape(others.Length == 0 ? gradient : g.Sum(gradient, others), g.Input(input).Shape.Sizes);
    }
}

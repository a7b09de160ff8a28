namespace TensorLogic.Tests.CoreML.Public;

/// <summary>Layers that the authors of the public models kept in their apps: here with the right shapes and simple arithmetic.</summary>
internal static class StandInLayers
{
    public static void Register(CoreMLOptions options)
    {
        options.CustomLayers["Swish"] = _ => new Swish();
        options.CustomLayers["dneprDroid_lstsq"] = _ => new Projection();
        options.CustomLayers["dneprDroid_deform_conv2d"] = _ => new Columns();
        options.CustomLayers["dneprDroid_addmm"] = _ => new Product();
    }

    private static ReadOnlySpan<float> Read(Tensor tensor) => ((Tensor<float>)tensor).ReadOnlySpan;

    private static Span<float> Write(Tensor tensor) => ((Tensor<float>)tensor).Span;

    private sealed class Swish : CustomLayer
    {
        public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs) => [inputs[0]];

        public override void Evaluate(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs, CancellationToken cancellation)
        {
            ReadOnlySpan<float> x = Read(inputs[0]);
            Span<float> y = Write(outputs[0]);
            for (int i = 0; i < x.Length; i++) y[i] = x[i] / (1 + MathF.Exp(-x[i]));
        }
    }

    /// <summary>For a matrix given column by column [..., n, m] and b [..., m]: the products with the columns [..., n], and in place of residuals, rank and
    /// singular values something of their shapes.</summary>
    private sealed class Projection : CustomLayer
    {
        public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs)
        {
            int[] leading = inputs[0].Sizes[..^2].ToArray();
            int n = inputs[0].Sizes[^2], m = inputs[0].Sizes[^1];
            Shape each = Shape.Create(leading);
            return [Shape.Create([.. leading, n]), each, each, Shape.Create([.. leading, Math.Min(n, m)])];
        }

        public override void Evaluate(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs, CancellationToken cancellation)
        {
            (int n, int m) = (inputs[0].Shape.Sizes[^2], inputs[0].Shape.Sizes[^1]);
            ReadOnlySpan<float> a = Read(inputs[0]), b = Read(inputs[1]);
            Span<float> products = Write(outputs[0]);
            for (int i = 0; i < products.Length; i++)
                for (int k = 0; k < m; k++)
                    products[i] = (k == 0 ? 0 : products[i]) + a[i * m + k] * b[i / n * m % b.Length + k];
            for (int output = 1; output < outputs.Count; output++)
            {
                Span<float> others = Write(outputs[output]);
                for (int i = 0; i < others.Length; i++) others[i] = products[i % products.Length] / (output + 1);
            }
        }
    }

    /// <summary>27 columns of 16 by 16 points taken from a picture.</summary>
    private sealed class Columns : CustomLayer
    {
        public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs) => [Shape.Create([27, 16, 16])];

        public override void Evaluate(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs, CancellationToken cancellation)
        {
            ReadOnlySpan<float> x = Read(inputs[0]);
            Span<float> y = Write(outputs[0]);
            for (int i = 0; i < y.Length; i++) y[i] = x[(int)((long)i * 37 % x.Length)];
        }
    }

    private sealed class Product : CustomLayer
    {
        public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs) => [Shape.Create([1, inputs[0].Sizes[^2], inputs[1].Sizes[^1]])];

        public override void Evaluate(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs, CancellationToken cancellation)
        {
            (int rows, int inner, int columns) = (inputs[0].Shape.Sizes[^2], inputs[0].Shape.Sizes[^1], inputs[1].Shape.Sizes[^1]);
            ReadOnlySpan<float> a = Read(inputs[0]), b = Read(inputs[1]);
            Span<float> y = Write(outputs[0]);
            for (int row = 0; row < rows; row++)
                for (int column = 0; column < columns; column++)
                {
                    float sum = 0;
                    for (int k = 0; k < inner; k++) sum += a[row * inner + k] * b[k * columns + column];
                    y[row * columns + column] = sum;
                }
        }
    }
}

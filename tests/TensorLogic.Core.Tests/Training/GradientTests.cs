using System.Reflection;
using TensorLogic.Cpu;
using TensorLogic.Operators;
using TensorLogic.Training;

namespace TensorLogic.Tests.Training;

/// <summary>Every gradient of the op table against finite differences in f64.</summary>
public sealed class GradientTests
{
    private const double Step = 1e-6, Tolerance = 2e-6;

    private static readonly CpuBackend s_backend = new(1);

    /// <summary>An operator with inputs; those of floats are differentiated, but for the ones named constant.</summary>
    public sealed record Case
    {
        internal Case(Operator @operator, OperatorAttributes? attributes, Tensor?[] inputs, params int[] constant) =>
            (Operator, Attributes, Inputs, Constant) = (@operator, attributes ?? NoAttributes.Value, inputs, constant);

        internal Operator Operator { get; }
        internal OperatorAttributes Attributes { get; }
        internal Tensor?[] Inputs { get; }
        internal int[] Constant { get; }
        public string Note { get; init; } = "";

        public override string ToString() => $"{Operator.Name} {Note}".Trim();
    }

    private static Tensor<double> Numbers(double from, double to, params int[] shape)
    {
        Random random = new(shape.Aggregate(17, HashCode.Combine) & 0xffff);
        Shape sizes = Shape.Create(shape);
        return Tensor.FromArray(Enumerable.Range(0, (int)sizes.ElementCount).Select(_ => from + (to - from) * random.NextDouble()).ToArray(), sizes);
    }

    private static Tensor<double> Any(params int[] shape) => Numbers(-2, 2, shape);

    private static Tensor<double> Other(params int[] shape) => Numbers(-1.9, 2.1, shape);

    private static Tensor<double> Positive(params int[] shape) => Numbers(0.5, 3, shape);

    private static Tensor<int> Ints(params int[] values) => Tensor.FromArray(values, [values.Length]);

    private static Tensor<bool> Flags(Shape shape, params bool[] values) => Tensor.FromArray(values, shape);

    private static IEnumerable<Case> Cases()
    {
        foreach (Operator<NoAttributes> unary in (Operator<NoAttributes>[])
            [Op.Abs, Op.Atan, Op.Ceil, Op.Cos, Op.Cosh, Op.Erf, Op.Exp, Op.Exp2, Op.Floor, Op.Sign, Op.Sin, Op.Sinh, Op.Square, Op.Tanh, Op.Round, Op.Trunc, Op.HeavisideStep, Op.Relu, Op.Sigmoid, Op.Silu, Op.Softplus, Op.Softsign])
            yield return new(unary, null, [Any(2, 3)]);
        foreach (Operator<NoAttributes> unary in (Operator<NoAttributes>[])[Op.Acos, Op.Asin, Op.Atanh, Op.Tan]) yield return new(unary, null, [Numbers(-0.8, 0.8, 2, 3)]);
        foreach (Operator<NoAttributes> unary in (Operator<NoAttributes>[])[Op.Sqrt, Op.Log2]) yield return new(unary, null, [Positive(2, 3)]);
        foreach (Operator<Op.EpsilonAttributes> unary in (Operator<Op.EpsilonAttributes>[])[Op.Inverse, Op.Log, Op.Rsqrt]) yield return new(unary, new Op.EpsilonAttributes(1e-3), [Positive(2, 3)]);
        yield return new(Op.RoundDecimals, new Op.DigitsAttributes(2), [Any(2, 3)]);
        yield return new(Op.Clip, new Op.ClipAttributes(-0.7, 1.1), [Any(3, 4)]);
        yield return new(Op.Threshold, new Op.ThresholdAttributes(0.3), [Any(3, 4)]);
        yield return new(Op.Cast, new Op.CastAttributes(ElementType.Float64), [Any(3)]);
        foreach (Operator<Op.AlphaAttributes> unary in (Operator<Op.AlphaAttributes>[])[Op.LeakyRelu, Op.Elu, Op.ThresholdedRelu]) yield return new(unary, new Op.AlphaAttributes(0.3), [Any(3, 4)]);
        foreach (Operator<Op.AlphaBetaAttributes> unary in (Operator<Op.AlphaBetaAttributes>[])[Op.LinearActivation, Op.ScaledTanh]) yield return new(unary, new Op.AlphaBetaAttributes(1.7, 0.6), [Any(3, 4)]);
        foreach (Op.GeluMode mode in Enum.GetValues<Op.GeluMode>()) yield return new(Op.Gelu, new Op.GeluAttributes(mode), [Any(3, 4)]) { Note = mode.ToString() };
        yield return new(Op.Softmax, new Op.AxisAttributes(1), [Any(2, 4, 3)]);

        foreach (Operator<NoAttributes> binary in (Operator<NoAttributes>[])[Op.Add, Op.Sub, Op.Mul, Op.RealDiv, Op.Maximum, Op.Minimum])
        {
            yield return new(binary, null, [Any(2, 3), Positive(2, 3)]);
            yield return new(binary, null, [Any(2, 1, 3), Positive(4, 1)]) { Note = "broadcast" };
            yield return new(binary, null, [Any(), Positive(3)]) { Note = "number" };
        }
        yield return new(Op.Pow, null, [Positive(2, 3), Any(2, 3)]);
        yield return new(Op.Mod, null, [Any(2, 3), Positive(2, 3)], 1);
        yield return new(Op.Fmod, null, [Any(2, 3), Positive(2, 3)], 1);
        yield return new(Op.Select, null, [Flags([2, 3], true, false, true, false, false, true), Any(2, 3), Other(3)]);

        yield return new(Op.MatMul, new Op.MatMulAttributes(), [Any(3, 4), Other(4, 2)]);
        yield return new(Op.MatMul, new Op.MatMulAttributes(true, true), [Any(2, 4, 3), Other(2, 4)]) { Note = "transposed, batch" };
        yield return new(Op.MatMul, new Op.MatMulAttributes(), [Any(4), Other(2, 4, 3)]) { Note = "row" };
        yield return new(Op.MatMul, new Op.MatMulAttributes(), [Any(2, 3, 4), Other(4)]) { Note = "column" };
        yield return new(Op.MatMul, new Op.MatMulAttributes(), [Any(4), Other(4)]) { Note = "row and column" };
        yield return new(Op.Linear, null, [Any(2, 3, 4), Other(5, 4), Any(5)]);

        foreach (Operator<Op.ReduceAttributes> reduction in (Operator<Op.ReduceAttributes>[])
            [Op.ReduceSum, Op.ReduceMean, Op.ReduceProd, Op.ReduceMax, Op.ReduceMin, Op.ReduceL1Norm, Op.ReduceL2Norm, Op.ReduceSumSquare, Op.ReduceLogSumExp])
        {
            yield return new(reduction, new Op.ReduceAttributes([1], false), [Any(2, 3, 2)]);
            yield return new(reduction, new Op.ReduceAttributes([0, -1], true), [Any(2, 3, 2)]) { Note = "axes" };
            yield return new(reduction, new Op.ReduceAttributes([], false), [Any(2, 3)]) { Note = "all" };
        }
        yield return new(Op.ReduceLogSum, new Op.ReduceAttributes([1], false), [Positive(2, 3)]);
        yield return new(Op.CumSum, new Op.CumSumAttributes(1, Exclusive: true, Reverse: false), [Any(2, 4)]);

        yield return new(Op.Reshape, null, [Any(2, 6), Ints(3, 4)]);
        yield return new(Op.Transpose, new Op.TransposeAttributes([2, 0, 1]), [Any(2, 3, 4)]);
        yield return new(Op.ExpandDims, new Op.AxesAttributes([0, 2]), [Any(2, 3)]);
        yield return new(Op.Squeeze, new Op.AxesAttributes([1]), [Any(2, 1, 3)]);
        yield return new(Op.Concat, new Op.ConcatAttributes(1), [Any(2, 3), Other(2, 1), Any(2, 2)]);
        yield return new(Op.Concat, new Op.ConcatAttributes(1, Interleave: true), [Any(2, 3), Other(2, 3)]) { Note = "interleaved" };
        yield return new(Op.Concat, new Op.ConcatAttributes(0), [Any(), Other()]) { Note = "numbers" };
        yield return new(Op.Split, new Op.SplitAttributes(1, [1, 3]), [Any(2, 4)]);
        yield return new(Op.Stack, new Op.AxisAttributes(1), [Any(2, 3), Other(2, 3)]);
        yield return new(Op.SliceByIndex, new Op.SliceByIndexAttributes([2, 1], [], [], []), [Any(5, 4), Ints(0, 1), Ints(5, 3)]);
        yield return new(Op.SliceByIndex, new Op.SliceByIndexAttributes([], [], [], [1, 0]), [Any(5, 4), Ints(3, 0), Ints(4, 2)]) { Note = "squeezed" };
        yield return new(Op.SliceUpdate, new Op.SliceByIndexAttributes([], [], [], [1, 0]), [Any(5, 4), Other(2), Ints(3, 0), Ints(4, 2)]);
        yield return new(Op.Pad, new Op.PadAttributes(Op.PadMode.Constant), [Any(2, 3), Ints(1, 0, 0, 2), Tensor.Scalar(0.5)], 2);
        yield return new(Op.Tile, null, [Any(2, 3), Ints(2, 3)]);
        yield return new(Op.Reverse, new Op.AxesAttributes([1]), [Any(2, 3)]);
        yield return new(Op.BroadcastTo, null, [Any(3, 1), Ints(2, 3, 4)]);
        yield return new(Op.MergeAxes, new Op.AxisRangeAttributes(0, 1), [Any(2, 3, 2)]);
        yield return new(Op.SplitAxis, new Op.AxisRangeAttributes(0, 1), [Any(6, 2), Other(2, 3)], 1);
        yield return new(Op.Flatten2d, new Op.AxisAttributes(1), [Any(2, 3, 2)]);
        yield return new(Op.BandPart, new Op.BandPartAttributes(0, 1), [Any(3, 4)]);
        yield return new(Op.Gather, new Op.GatherAttributes(1), [Any(2, 4), Ints(3, 0, 3)]);
        yield return new(Op.GatherAlongAxis, new Op.GatherAttributes(0), [Any(3, 2), Tensor.FromArray((int[])[2, 0, 2, 1], [2, 2])]);
        yield return new(Op.GatherNd, new Op.GatherNdAttributes(), [Any(3, 2), Tensor.FromArray((int[])[2, 0, 0, 1, 2, 0], [3, 2])]);
        foreach (Op.ScatterMode mode in (Op.ScatterMode[])[Op.ScatterMode.Add, Op.ScatterMode.Update])
        {
            yield return new(Op.Scatter, new Op.ScatterAttributes(0, mode), [Any(4, 2), Ints(1, 3, 1), Other(3, 2)]) { Note = mode.ToString() };
            yield return new(Op.ScatterAlongAxis, new Op.ScatterAttributes(0, mode), [Any(3, 2), Tensor.FromArray((int[])[2, 0, 2, 1], [2, 2]), Other(2, 2)]) { Note = mode.ToString() };
            yield return new(Op.ScatterNd, new Op.ScatterAttributes(0, mode), [Any(4, 2), Tensor.FromArray((int[])[1, 3, 1], [3, 1]), Other(3, 2)]) { Note = mode.ToString() };
        }
        yield return new(Op.TopK, new Op.TopKAttributes(2), [Any(2, 5)]);

        yield return new(Op.Conv, new Op.ConvAttributes([1, 1], PadType.Valid, [], [1, 1], 1), [Any(2, 3, 5, 4), Other(4, 3, 3, 2), Any(4)]);
        yield return new(Op.Conv, new Op.ConvAttributes([2, 2], PadType.Custom, [1, 0, 2, 1], [1, 2], 2), [Any(1, 4, 6, 7), Other(6, 2, 3, 2), Any(6)]) { Note = "strides, dilation, groups" };
        yield return new(Op.Conv, new Op.ConvAttributes([2], PadType.Same, [], [1], 1), [Any(2, 2, 7), Other(3, 2, 4)]) { Note = "one axis, same" };
        yield return new(Op.ConvTranspose, new Op.ConvTransposeAttributes([1, 1], PadType.Valid, [], [1, 1], 1, []), [Any(1, 3, 3, 4), Other(3, 2, 2, 3), Any(2)]);
        yield return new(Op.ConvTranspose, new Op.ConvTransposeAttributes([2, 2], PadType.Custom, [1, 1, 0, 0], [1, 1], 2, []), [Any(1, 4, 3, 4), Other(4, 2, 3, 3), Any(4)]) { Note = "strides, groups" };
        yield return new(Op.MaxPool, new Op.PoolAttributes([2, 2], [2, 1], PadType.Custom, [1, 0, 0, 1], false), [Any(2, 2, 4, 5)]);
        yield return new(Op.AvgPool, new Op.AvgPoolAttributes([2, 3], [2, 2], PadType.Custom, [1, 1, 1, 1], false, true), [Any(1, 2, 4, 5)]);
        yield return new(Op.AvgPool, new Op.AvgPoolAttributes([2, 3], [2, 2], PadType.Custom, [1, 1, 1, 1], false, false), [Any(1, 2, 4, 5)]) { Note = "padding counts" };
        yield return new(Op.BatchNorm, new Op.EpsilonAttributes(1e-3), [Any(2, 3, 2), Other(3), Positive(3), Any(3), Other(3)]);
        yield return new(Op.InstanceNorm, new Op.EpsilonAttributes(1e-3), [Any(2, 3, 4), Any(3), Other(3)]);
        yield return new(Op.LayerNorm, new Op.LayerNormAttributes([1], 1e-3), [Any(2, 4, 3), Any(4), Other(4)]);
        yield return new(Op.LayerNorm, new Op.LayerNormAttributes([0, 1], 1e-3), [Any(2, 4), Any(2, 4), Other(2, 4)]) { Note = "all axes" };
        yield return new(Op.ScaledDotProductAttention, null, [Any(2, 3, 4), Other(2, 5, 4), Any(2, 5, 2), Other(3, 5)]);
        yield return new(Op.ScaledDotProductAttention, null, [Any(1, 2, 4), Other(1, 3, 4), Any(1, 3, 2), Flags([2, 3], true, false, true, true, true, false)]) { Note = "truth mask" };
        yield return new(Op.Einsum, new Op.EinsumAttributes("bij,bjk->bik"), [Any(2, 3, 4), Other(2, 4, 2)]);
        yield return new(Op.Einsum, new Op.EinsumAttributes("ij,k->ik"), [Any(3, 4), Other(2)]) { Note = "alone" };
        yield return new(Op.MatrixInverse, null, [Diagonal(Any(3, 3))]);
        yield return new(Op.Determinant, null, [Diagonal(Any(3, 3))]);
        yield return new(Op.Solve, null, [Diagonal(Any(3, 3)), Other(3, 2)]);
    }

    // Far from singular.
    private static Tensor<double> Diagonal(Tensor<double> x)
    {
        for (int i = 0; i < x.Shape[0]; i++) x.Span[i * (x.Shape[0] + 1)] += 5;
        return x;
    }

    [TestCaseSource(nameof(Cases))]
    public void A_gradient_is_what_finite_differences_give(Case test)
    {
        OperatorRunner runner = new(s_backend);
        Tensor?[] inputs = Array.ConvertAll(test.Inputs, input => input?.Clone());
        int[] wanted = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i] is { ElementType: ElementType.Float64 } && !test.Constant.Contains(i))];
        foreach (int i in wanted) inputs[i]!.RequiresGrad = true;

        Tensor?[] gradients = Gradients.Of(runner, Loss(runner, test, inputs), [.. wanted.Select(i => (object)inputs[i]!)]);

        runner.Records = false;
        for (int k = 0; k < wanted.Length; k++)
        {
            Tensor<double> input = inputs[wanted[k]]!.As<double>();
            double[] analytic = gradients[k] is { } gradient ? TensorConversion.ReadDoubles(gradient) : new double[input.ElementCount];
            Assert.That(gradients[k]?.Shape, Is.EqualTo(input.Shape));
            for (int i = 0; i < analytic.Length; i++)
            {
                double before = input.Span[i];
                input.Span[i] = before + Step;
                double above = TensorConversion.ReadDoubles(Loss(runner, test, inputs))[0];
                input.Span[i] = before - Step;
                double below = TensorConversion.ReadDoubles(Loss(runner, test, inputs))[0];
                input.Span[i] = before;
                double numeric = (above - below) / (2 * Step);
                Assert.That(analytic[i], Is.EqualTo(numeric).Within(Tolerance * (1 + Math.Abs(numeric))), $"input {wanted[k]}, element {i}");
            }
        }
    }

    // A weighted sum of all float outputs, so that no two elements count alike.
    private static Tensor Loss(OperatorRunner runner, Case test, Tensor?[] inputs)
    {
        Tensor? loss = null;
        foreach (Tensor output in runner.RunAll(test.Operator, test.Attributes, inputs))
        {
            if (!output.ElementType.IsFloat) continue;
            Tensor weights = Numbers(0.5, 1.5, [.. output.Shape]);
            Tensor weighted = runner.Run(Op.Mul, NoAttributes.Value, output, weights);
            Tensor sum = output.Rank == 0 ? weighted : runner.Run(Op.ReduceSum, new Op.ReduceAttributes([], false), weighted);
            loss = loss is null ? sum : runner.Run(Op.Add, NoAttributes.Value, loss, sum);
        }
        return loss!;
    }

    /// <summary>Operators without a gradient, by the reason.</summary>
    private static readonly Dictionary<string, string[]> s_without = new()
    {
        ["their results are no floats, or steps of comparisons"] =
        [
            "equal", "greater", "greater_equal", "less", "less_equal", "not_equal", "logical_and", "logical_not", "logical_or", "logical_xor", "is_nan", "floor_div",
            "reduce_argmax", "reduce_argmin", "argsort", "non_zero", "one_hot", "shape", "range_1d", "non_maximum_suppression", "suppress_dynamic", "quantize",
        ],
        ["they make values from nothing, or from constants of a file"] =
        [
            "fill", "fill_like", "random_bernoulli", "random_categorical", "random_normal", "random_uniform", "dequantize", "constexpr_affine_dequantize", "constexpr_blockwise_shift_scale",
            "constexpr_lut_to_dense", "constexpr_lut_to_sparse", "constexpr_sparse_blockwise_shift_scale", "constexpr_sparse_to_dense",
        ],
        ["they are control flow, lists and states, which exist in graphs only"] =
        [
            "cond", "while_loop", "make_list", "list_gather", "list_length", "list_read", "list_scatter", "list_write", "coreml_update_state", "read_state", "write_state",
        ],
        ["they belong to layers of model files; the language and TensorFunctions do not use them"] =
        [
            "acosh", "asinh", "affine", "batch_to_space", "clamped_relu", "crop", "crop_resize", "depth_to_space", "gru", "gru_layer", "l2_norm", "l2_pool", "local_response_norm", "lstm", "lstm_layer",
            "pixel_shuffle", "pixel_unshuffle", "prelu", "recurrent_layer", "resample", "reshape_like", "resize", "reverse_sequence", "rnn", "sigmoid_hard", "slice_by_size", "slice_dynamic",
            "sliding_windows", "softplus_parametric", "space_to_batch", "space_to_depth", "upsample",
        ],
    };

    private static IEnumerable<Operator> Table =>
        typeof(Op).GetFields(BindingFlags.Static | BindingFlags.Public).Select(declared => declared.GetValue(null)).OfType<Operator>();

    [Test]
    public void Every_operator_has_a_gradient_or_a_reason() =>
        Assert.That(Table.Where(op => !op.IsDifferentiable).Select(op => op.Name).Distinct().Order(), Is.EqualTo(s_without.Values.SelectMany(names => names).Order()));

    [Test]
    public void Every_gradient_is_checked() =>
        Assert.That(Table.Where(op => op.IsDifferentiable).Select(op => op.Name), Is.SubsetOf(Cases().Select(test => test.Operator.Name).ToArray()));

    [Test]
    public void Ties_share_the_gradient_of_a_maximum()
    {
        OperatorRunner runner = new(s_backend);
        Tensor x = Tensor.FromSpan<double>([2, 2, 1], [3]), a = Tensor.Scalar(3.0), b = Tensor.Scalar(3.0);
        foreach (Tensor leaf in (Tensor[])[x, a, b]) leaf.RequiresGrad = true;

        runner.Run(Op.ReduceMax, new Op.ReduceAttributes([], false), x).Backward();
        runner.Run(Op.Maximum, NoAttributes.Value, a, b).Backward();

        Assert.That(TensorConversion.ReadDoubles(x.Grad!), Is.EqualTo(new[] { 0.5, 0.5, 0 }));
        Assert.That((TensorConversion.ReadDoubles(a.Grad!)[0], TensorConversion.ReadDoubles(b.Grad!)[0]), Is.EqualTo((0.5, 0.5)));
    }

    [Test]
    public void A_gradient_can_be_differentiated()
    {
        OperatorRunner runner = new(s_backend);
        Tensor x = Tensor.Scalar(2.0);
        x.RequiresGrad = true;
        Tensor cube = runner.Run(Op.Mul, NoAttributes.Value, runner.Run(Op.Square, NoAttributes.Value, x), x);

        Tensor first = Gradients.Of(runner, cube, [x], record: true)[0]!, second = Gradients.Of(runner, first, [x])[0]!;

        Assert.That((TensorConversion.ReadDoubles(first)[0], TensorConversion.ReadDoubles(second)[0]), Is.EqualTo((12.0, 12.0)));
    }

    [Test]
    public void Backward_sums_until_it_is_reset()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        TensorFunctions f = runtime.CreateFunctions();
        Tensor w = Tensor.FromSpan([1f, 2f], [2]);
        w.RequiresGrad = true;

        f.Sum(f.Square(w)).Backward();
        f.Sum(f.Square(w)).Backward();

        Assert.That(TensorConversion.ReadDoubles(w.Grad!), Is.EqualTo(new[] { 4.0, 8 }));
        w.Grad = null;
        f.Sum(w).Backward();
        Assert.That(TensorConversion.ReadDoubles(w.Grad!), Is.EqualTo(new[] { 1.0, 1 }));
    }

    [Test]
    public void What_cannot_be_differentiated_says_so()
    {
        Tensor plain = Tensor.Scalar(1f), counts = Tensor.Scalar(1);

        Assert.That(() => plain.Backward(), Throws.InvalidOperationException);
        Assert.That(() => counts.RequiresGrad = true, Throws.InvalidOperationException.With.Message.Contains("i32"));
        Assert.That(() => Tensor.FromSpan([1f, 2f], [2]).Backward(), Throws.InvalidOperationException.With.Message.Contains("one element"));
    }
}

using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Functions;

/// <summary>Softmax, normalisation, convolution, pools, linear layers, attention and losses (6.6 to 6.9, 6.14).</summary>
internal static class NetworkFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("softmax(x, axis = -1, temperature = 1.0)", static c =>
        {
            Tensor x = c.Tensor(0);
            return c.F.Softmax(x, c.Axis(1, x.Rank), c.Number(2));
        }, EquationUse.Normalizing);
        library.Add("log_softmax(x, axis = -1)", static c =>
        {
            Tensor x = c.Tensor(0);
            return c.F.LogSoftmax(x, c.Axis(1, x.Rank));
        }, EquationUse.Normalizing);
        library.Add("layer_norm(x, weight?, bias?, eps = 1e-5, axis = -1)", static c =>
        {
            Tensor x = c.Tensor(0);
            int axis = c.Axis(4, x.Rank);
            return c.F.LayerNorm(x, Along(c, 1, x, axis), Along(c, 2, x, axis), c.Number(3), axis);
        }, EquationUse.Normalizing);
        library.Add("rms_norm(x, weight?, bias?, eps = 1e-5, axis = -1)", static c =>
        {
            Tensor x = c.Tensor(0);
            int axis = c.Axis(4, x.Rank);
            return c.F.RmsNorm(x, Along(c, 1, x, axis), Along(c, 2, x, axis), c.Number(3), axis);
        }, EquationUse.Normalizing);
        library.Add("normalize(x, axis = -1, eps = 1e-12)", static c =>
        {
            Tensor x = c.Tensor(0);
            return c.F.Normalize(x, c.Axis(1, x.Rank), c.Number(2));
        }, EquationUse.Normalizing);
        library.Add("batch_norm(x, mean, var, weight?, bias?, eps = 1e-5)", static c =>
        {
            Tensor x = c.Tensor(0);
            if (x.Rank < 2) throw new ScriptFault(Messages.AxisOutOfRange(1, x.Rank));
            return c.F.BatchNorm(x, Along(c, 1, x, 1)!, Along(c, 2, x, 1)!, Along(c, 3, x, 1), Along(c, 4, x, 1), c.Number(5));
        });
        library.Add("group_norm(x, groups, weight?, bias?, eps = 1e-5)", static c =>
        {
            Tensor x = c.Tensor(0);
            int groups = c.SmallInt(1);
            if (x.Rank < 2) throw new ScriptFault(Messages.AxisOutOfRange(1, x.Rank));
            if (groups < 1 || x.Shape[1] % groups != 0) throw new ScriptFault(Messages.NotDivisible(x.Shape[1], groups));
            return c.F.GroupNorm(x, groups, Along(c, 2, x, 1), Along(c, 3, x, 1), c.Number(4));
        });

        library.Add("conv2d(x, weight, bias?, stride = 1, padding = 0, dilation = 1, groups = 1)", static c => Conv(c, c.SmallInt(6)));
        library.Add("depthwise_conv2d(x, weight, bias?, stride = 1, padding = 0, dilation = 1)", static c => Conv(c, c.Tensor(0) is { Rank: 4 } x ? x.Shape[1] : 1));
        library.Add("conv_transpose2d(x, weight, bias?, stride = 1, padding = 0, output_padding = 0)", static c => ConvTranspose(c));
        library.Add("max_pool2d(x, kernel, stride?, padding = 0)", static c =>
        {
            Pool pool = Pool.Of(c);
            return c.F.MaxPool2d(pool.X, pool.Kernel, pool.Stride, pool.Padding);
        });
        library.Add("avg_pool2d(x, kernel, stride?, padding = 0, count_include_pad = false)", static c =>
        {
            Pool pool = Pool.Of(c);
            return c.F.AvgPool2d(pool.X, pool.Kernel, pool.Stride, pool.Padding, c.Bool(4));
        });
        library.Add("global_avg_pool(x)", static c =>
        {
            Tensor x = c.Tensor(0);
            return x.Rank == 4 ? c.F.GlobalAvgPool(x) : throw new ScriptFault(Messages.NeedsAxes(c.Name, 4, x.Shape));
        });

        library.Add("matmul(a, b)", static c => Operations.MatMul(c.Run, c.Tensor(0), c.Tensor(1), c.Name));
        library.Add("dot(a, b)", static c => Operations.MatMul(c.Run, c.Tensor(0), c.Tensor(1), c.Name));
        library.Add("linear(x, weight, bias?)", static c =>
        {
            Tensor x = c.Tensor(0), weight = c.Tensor(1);
            Tensor? bias = c.TensorOrNull(2);
            if (x.Rank == 0 || weight.Rank != 2 || weight.Shape[1] != x.Shape[-1]) throw new ScriptFault(Messages.LinearMisfit(x.Shape, weight.Shape));
            if (bias is not null && !(bias.Rank == 1 && bias.Shape[0] == weight.Shape[0])) throw new ScriptFault(Messages.DoNotBroadcast(Shape.Create([.. x.Shape.Sizes[..^1], weight.Shape[0]]), bias.Shape));
            return c.F.Linear(x, weight, bias);
        });
        library.Add("attention(q, k, v, mask?, causal = false, scale?)", static c => Attention(c));
        library.Add("rope(x, start = 0, base = 10000.0)", static c =>
        {
            Tensor x = c.Tensor(0);
            if (x.Rank < 2) throw new ScriptFault(Messages.AxisOutOfRange(-2, x.Rank));
            if (x.Shape[-1] % 2 != 0) throw new ScriptFault(Messages.NotDivisible(x.Shape[-1], 2));
            return c.F.Rope(x, c.SmallInt(1), c.Number(2));
        });

        Loss(library, "mse", static (f, prediction, target) => f.MeanSquaredError(prediction, target));
        Loss(library, "mae", static (f, prediction, target) => f.MeanAbsoluteError(prediction, target));
        Loss(library, "bce", static (f, prediction, target) => f.BinaryCrossEntropy(prediction, target));
        library.Add("cross_entropy(logits, target)", static c => CrossEntropy(c));
    }

    // A vector with one element for each place along an axis.
    private static Tensor? Along(LibraryCall c, int index, Tensor x, int axis)
    {
        if (c.TensorOrNull(index) is not { } vector) return null;
        return vector.ElementCount == x.Shape[axis] ? c.F.Reshape(vector, x.Shape[axis]) : throw new ScriptFault(Messages.DoNotBroadcast(x.Shape, vector.Shape));
    }

    private static Value Conv(LibraryCall c, int groups)
    {
        Tensor x = c.Tensor(0), weight = c.Tensor(1);
        Tensor? bias = c.TensorOrNull(2);
        (int H, int W) stride = c.Pair(3), padding = c.Pair(4), dilation = c.Pair(5);
        if (x.Rank != 4 || weight.Rank != 4) throw Misfit(c, $"input {x.Shape} and weight {weight.Shape} need 4 axes");
        if (groups < 1 || weight.Shape[0] % groups != 0 || (long)weight.Shape[1] * groups != x.Shape[1]) throw Misfit(c, $"input {x.Shape} does not fit weight {weight.Shape} in {groups} groups");
        Check(c, stride, padding, dilation);
        if (bias is not null && !(bias.Rank == 1 && bias.Shape[0] == weight.Shape[0])) throw Misfit(c, $"bias {bias.Shape} does not fit weight {weight.Shape}");
        if (x.Shape[2] + 2L * padding.H < (weight.Shape[2] - 1L) * dilation.H + 1 || x.Shape[3] + 2L * padding.W < (weight.Shape[3] - 1L) * dilation.W + 1)
            throw Misfit(c, $"the kernel of weight {weight.Shape} is larger than input {x.Shape}");
        return c.F.Conv2d(x, weight, bias, stride, padding, dilation, groups);
    }

    private static Value ConvTranspose(LibraryCall c)
    {
        Tensor x = c.Tensor(0), weight = c.Tensor(1);
        Tensor? bias = c.TensorOrNull(2);
        (int H, int W) stride = c.Pair(3), padding = c.Pair(4), outputPadding = c.Pair(5);
        if (x.Rank != 4 || weight.Rank != 4) throw Misfit(c, $"input {x.Shape} and weight {weight.Shape} need 4 axes");
        if (weight.Shape[0] != x.Shape[1]) throw Misfit(c, $"input {x.Shape} does not fit weight {weight.Shape}");
        Check(c, stride, padding, (1, 1));
        if (outputPadding.H < 0 || outputPadding.W < 0 || outputPadding.H >= stride.H || outputPadding.W >= stride.W) throw Misfit(c, "output_padding must be less than stride");
        if (bias is not null && !(bias.Rank == 1 && bias.Shape[0] == weight.Shape[1])) throw Misfit(c, $"bias {bias.Shape} does not fit weight {weight.Shape}");
        long height = (x.Shape[2] - 1L) * stride.H - 2L * padding.H + weight.Shape[2] + outputPadding.H, width = (x.Shape[3] - 1L) * stride.W - 2L * padding.W + weight.Shape[3] + outputPadding.W;
        if (height < 1 || width < 1 || height > int.MaxValue || width > int.MaxValue) throw Misfit(c, $"the output would be {height} by {width}");
        return c.F.ConvTranspose2d(x, weight, bias, stride, padding, outputPadding);
    }

    private static void Check(LibraryCall c, (int H, int W) stride, (int H, int W) padding, (int H, int W) dilation)
    {
        if (stride.H < 1 || stride.W < 1 || dilation.H < 1 || dilation.W < 1 || padding.H < 0 || padding.W < 0 || Math.Max(padding.H, padding.W) > 1 << 20 || Math.Max(dilation.H, dilation.W) > 1 << 20)
            throw Misfit(c, "stride and dilation must be at least 1, padding at least 0");
    }

    private static ScriptFault Misfit(LibraryCall c, string problem) => new(Messages.ConvMisfit(c.Name, problem));

    private readonly record struct Pool(Tensor X, (int H, int W) Kernel, (int H, int W) Stride, (int H, int W) Padding)
    {
        public static Pool Of(LibraryCall c)
        {
            Tensor x = c.Tensor(0);
            if (x.Rank != 4) throw new ScriptFault(Messages.NeedsAxes(c.Name, 4, x.Shape));
            (int H, int W) kernel = c.Pair(1), stride = c.Has(2) ? c.Pair(2) : kernel, padding = c.Pair(3);
            if (kernel.H < 1 || kernel.W < 1) throw Misfit(c, "the kernel must be at least 1");
            Check(c, stride, padding, (1, 1));
            if (x.Shape[2] + 2L * padding.H < kernel.H || x.Shape[3] + 2L * padding.W < kernel.W) throw Misfit(c, $"the kernel is larger than input {x.Shape}");
            return new(x, kernel, stride, padding);
        }
    }

    private static Value Attention(LibraryCall c)
    {
        Tensor q = c.Tensor(0), k = c.Tensor(1), v = c.Tensor(2);
        foreach (Tensor tensor in (Tensor[])[q, k, v])
            if (tensor.Rank < 2) throw new ScriptFault(Messages.CannotJoin(c.Name, q.Shape, k.Shape, "an operand has less than 2 axes"));
        if (q.Shape[-1] != k.Shape[-1]) throw new ScriptFault(Messages.CannotJoin(c.Name, q.Shape, k.Shape, $"{q.Shape[-1]} and {k.Shape[-1]} differ"));
        if (k.Shape[-2] != v.Shape[-2]) throw new ScriptFault(Messages.CannotJoin(c.Name, k.Shape, v.Shape, $"{k.Shape[-2]} and {v.Shape[-2]} differ"));
        Shape leading = Shape.Create(q.Shape.Sizes[..^2]);
        foreach (Tensor tensor in (Tensor[])[k, v])
            if (!Shape.TryBroadcast(leading, Shape.Create(tensor.Shape.Sizes[..^2]), out leading)) throw new ScriptFault(Messages.DoNotBroadcast(q.Shape, tensor.Shape));
        Tensor? mask = c.TensorOrNull(3);
        Shape scores = Shape.Create([.. leading.Sizes, q.Shape[-2], k.Shape[-2]]);
        if (mask is not null && !Shape.TryBroadcast(mask.Shape, scores, out _)) throw new ScriptFault(Messages.DoNotBroadcast(mask.Shape, scores));
        return c.F.Attention(q, k, v, mask, c.Bool(4), c.Has(5) ? c.Number(5) : null);
    }

    private static void Loss(Library library, string name, Func<TensorFunctions, Tensor, Tensor, Tensor> loss) => library.Add($"{name}(pred, target)", c =>
    {
        Tensor prediction = c.Tensor(0), target = c.Tensor(1);
        Operations.CheckBroadcast(prediction, target);
        return loss(c.F, prediction, target);
    });

    private static Value CrossEntropy(LibraryCall c)
    {
        Tensor logits = c.Tensor(0), target = c.Tensor(1);
        if (logits.Rank == 0) throw new ScriptFault(Messages.AxisOutOfRange(-1, 0));
        if (target.ElementType.IsFloat)
        {
            Operations.CheckBroadcast(logits, target);
            return c.F.CrossEntropy(logits, target);
        }
        if (!target.Shape.Sizes.SequenceEqual(logits.Shape.Sizes[..^1])) throw new ScriptFault(Messages.DoNotBroadcast(logits.Shape, target.Shape));
        Tensor classes = c.F.Cast(target, ElementType.Int64);
        foreach (long index in TensorConversion.ReadLongs(classes))
            if (index < 0 || index >= logits.Shape[-1]) throw new ScriptFault(Messages.IndexOutOfRange(index, logits.Shape[-1]));
        return c.F.CrossEntropy(logits, classes);
    }
}

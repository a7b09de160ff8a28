namespace TensorLogic.Operators;

/// <summary>Loops of element-by-element operators: floats in f64 and rounded once, integers in i64.</summary>
internal static class Elementwise
{
    /// <summary>An operator on one float tensor.</summary>
    public static Operator<NoAttributes> Unary(string name, Func<double, double> map, Func<GradientContext, Tensor>? gradient = null) => new(name)
    {
        DifferentiateWith = Single<NoAttributes>(gradient),
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, _) => Inference.Same(context),
        EvaluateWith = (context, _) => Map(context, map),
    };

    /// <summary>An operator on one float tensor with attributes.</summary>
    public static Operator<TAttributes> Unary<TAttributes>(string name, Func<double, TAttributes, double> map, ElementTypes types = ElementTypes.Floats, Func<GradientContext, TAttributes, Tensor>? gradient = null)
        where TAttributes : OperatorAttributes => new(name)
        {
            DifferentiateWith = gradient is null ? null : (context, a) => context.Set(0, gradient(context, a)),
            Inputs = [new("x", types)],
            InferWith = static (context, _) => Inference.Same(context),
            EvaluateWith = (context, a) => Map(context, x => map(x, a)),
        };

    /// <summary>An operator on one tensor of numbers.</summary>
    public static Operator<NoAttributes> Unary(string name, Func<double, double> map, Func<long, long> mapInteger, Func<GradientContext, Tensor>? gradient = null) => new(name)
    {
        DifferentiateWith = Single<NoAttributes>(gradient),
        Inputs = [new("x", ElementTypes.Numbers)],
        InferWith = static (context, _) => Inference.Same(context),
        EvaluateWith = (context, _) =>
        {
            if (context.Input(0).ElementType.IsFloat) Map(context, map);
            else MapIntegers(context, mapInteger);
        },
    };

    /// <summary>An operator on two tensors of numbers that broadcast.</summary>
    public static Operator<NoAttributes> Binary(string name, Func<double, double, double> map, Func<long, long, long> mapInteger, Action<GradientContext>? gradients = null) => new(name)
    {
        DifferentiateWith = gradients is null ? null : (context, _) => gradients(context),
        Inputs = [new("x", ElementTypes.Numbers), new("y", ElementTypes.Numbers)],
        InferWith = static (context, _) => Inference.One(CommonType(context), Inference.Broadcast(context, 0, 1)),
        EvaluateWith = (context, _) =>
        {
            if (context.Input(0).ElementType.IsFloat) Map(context, map);
            else Map(context, mapInteger);
        },
    };

    /// <summary>An operator on two tensors that broadcast, with a truth value for each element.</summary>
    public static Operator<NoAttributes> Comparison(string name, Func<double, double, bool> map, Func<long, long, bool> mapInteger, ElementTypes types = ElementTypes.Any) => new(name)
    {
        Inputs = [new("x", types), new("y", types)],
        InferWith = static (context, _) =>
        {
            CommonType(context);
            return Inference.One(ElementType.Bool, Inference.Broadcast(context, 0, 1));
        },
        EvaluateWith = (context, _) =>
        {
            if (context.Input(0).ElementType.IsFloat) Map(context, (double x, double y) => map(x, y) ? 1 : 0);
            else Map(context, (long x, long y) => mapInteger(x, y) ? 1 : 0);
        },
    };

    private static Action<GradientContext, TAttributes>? Single<TAttributes>(Func<GradientContext, Tensor>? gradient) =>
        gradient is null ? null : (context, _) => context.Set(0, gradient(context));

    private static ElementType CommonType(InferenceContext context)
    {
        ElementType type = context.Input(0).ElementType;
        context.Require(context.Input(1).ElementType == type, 1, $"a tensor of {type.Name}, as '{context.InputName(0)}'");
        return type;
    }

    // In chunks: no buffer of the tensor's size, and an early end where one is asked for.
    private const int Chunk = 1 << 14;

    private static void Map(EvaluationContext context, Func<double, double> map)
    {
        using Tensor x = context.Input(0).Contiguous();
        Tensor y = context.Output(0, x.Shape);
        var values = new double[Math.Min(Chunk, x.ElementCount)];
        for (long at = 0; at < x.ElementCount; at += Chunk)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Span<double> part = values.AsSpan(0, (int)Math.Min(Chunk, x.ElementCount - at));
            ElementConversion.Read(x.ElementType, TensorConversion.Bytes(x, at, part.Length), part);
            for (int i = 0; i < part.Length; i++) part[i] = map(part[i]);
            ElementConversion.Write(y.ElementType, part, TensorConversion.Bytes(y, at, part.Length));
        }
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private static void MapIntegers(EvaluationContext context, Func<long, long> map)
    {
        using Tensor x = context.Input(0).Contiguous();
        Tensor y = context.Output(0, x.Shape);
        var values = new long[Math.Min(Chunk, x.ElementCount)];
        for (long at = 0; at < x.ElementCount; at += Chunk)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Span<long> part = values.AsSpan(0, (int)Math.Min(Chunk, x.ElementCount - at));
            ElementConversion.Read(x.ElementType, TensorConversion.Bytes(x, at, part.Length), part);
            for (int i = 0; i < part.Length; i++) part[i] = map(part[i]);
            ElementConversion.Write(y.ElementType, part, TensorConversion.Bytes(y, at, part.Length));
        }
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private static void Map(EvaluationContext context, Func<double, double, double> map)
    {
        Shape shape = BroadcastShape(context, 0, 1);
        double[] x = DoublesAs(context, 0, shape), y = DoublesAs(context, 1, shape);
        for (int i = 0; i < x.Length; i++)
        {
            if ((i & (Chunk - 1)) == 0) context.Cancellation.ThrowIfCancellationRequested();
            x[i] = map(x[i], y[i]);
        }
        context.Write(0, shape, x);
    }

    private static void Map(EvaluationContext context, Func<long, long, long> map)
    {
        Shape shape = BroadcastShape(context, 0, 1);
        long[] x = LongsAs(context, 0, shape), y = LongsAs(context, 1, shape);
        for (int i = 0; i < x.Length; i++)
        {
            if ((i & (Chunk - 1)) == 0) context.Cancellation.ThrowIfCancellationRequested();
            x[i] = map(x[i], y[i]);
        }
        context.Write(0, shape, x);
    }

    /// <summary>The broadcast of two inputs as they are.</summary>
    public static Shape BroadcastShape(EvaluationContext context, int left, int right) =>
        Shape.TryBroadcast(context.Input(left).Shape, context.Input(right).Shape, out Shape shape)
            ? shape
            : throw context.Error(right, context.Input(right).ToString(), $"a tensor that broadcasts with {context.Input(left)}");

    /// <summary>Elements of an input, repeated to a shape.</summary>
    public static double[] DoublesAs(EvaluationContext context, int index, Shape shape)
    {
        using Tensor view = context.Input(index).BroadcastTo(shape);
        return TensorConversion.ReadDoubles(view);
    }

    /// <summary>Elements of an integer or bool input, repeated to a shape.</summary>
    public static long[] LongsAs(EvaluationContext context, int index, Shape shape)
    {
        using Tensor view = context.Input(index).BroadcastTo(shape);
        return TensorConversion.ReadLongs(view);
    }
}

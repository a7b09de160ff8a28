using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Tensors from nothing (6.1).</summary>
internal static class CreationFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("tensor(x, dtype?)", static c => Converted(c));
        library.Add("zeros(shape, dtype?)", static c =>
        {
            ElementType type = c.Dtype(1, ElementType.Float16);
            return Tensor.Create(type, c.Shape(0, type));
        });
        library.Add("ones(shape, dtype?)", static c => Filled(c, 1, c.Dtype(1, ElementType.Float16)));
        library.Add("full(shape, value, dtype?)", static c =>
        {
            ElementType type = c.Dtype(2, c[1].IsInt ? ElementType.Int64 : ElementType.Float16);
            Shape shape = c.Shape(0, type);
            if (Tensors.NumberOrNull(c[1]) is null && !c[1].IsBool) throw new ScriptFault(Messages.NeedsNumbers(c.Name));
            Tensor value = c.F.Cast(c[1].IsFloat ? Tensor.Scalar(c[1].AsFloat()) : c.Tensor(1), type);
            return c.F.Broadcast(c.F.Reshape(value), shape);
        });
        library.Add("eye(n, dtype?)", static c =>
        {
            ElementType type = c.Dtype(1, ElementType.Float16);
            Shape shape = c.Shape(Square(c.SmallInt(0)), type);
            var values = new double[shape.ElementCount];
            for (int i = 0; i < shape[0]; i++) values[i * (shape[0] + 1)] = 1;
            return Written(type, shape, values);
        });
        library.Add("arange(a, b?, step = 1, dtype?)", static c => ARange(c));
        library.Add("linspace(a, b, n, dtype?)", static c =>
        {
            int n = c.SmallInt(2);
            double a = c.Number(0), b = c.Number(1);
            if (n < 0) throw new ScriptFault(Messages.NegativeSize(n));
            ElementType type = c.Dtype(3, ElementType.Float16);
            Shape shape = c.Shape([n], ElementType.Float64);
            return Written(type, shape, [.. Enumerable.Range(0, n).Select(k => n == 1 ? a : a + (b - a) * k / (n - 1))]);
        });
        library.Add("one_hot(x, n, dtype?)", static c =>
        {
            Tensor x = c.Tensor(0);
            int n = c.SmallInt(1);
            if (n < 0) throw new ScriptFault(Messages.NegativeSize(n));
            ElementType type = c.Dtype(2, ElementType.Float16);
            Shape shape = c.Shape([.. x.Shape, n], type);
            long[] ids = TensorConversion.ReadLongs(c.F.Cast(x, ElementType.Int64));
            var values = new double[shape.ElementCount];
            for (int i = 0; i < ids.Length; i++)
            {
                if (ids[i] < 0 || ids[i] >= n) throw new ScriptFault(Messages.IndexOutOfRange(ids[i], n));
                values[i * n + ids[i]] = 1;
            }
            return Written(type, shape, values);
        });
        library.Add("causal_mask(n)", static c =>
        {
            int n = c.SmallInt(0);
            Shape shape = c.Shape(Square(n), ElementType.Bool);
            var values = new double[shape.ElementCount];
            for (int row = 0; row < n; row++)
                for (int column = 0; column <= row; column++) values[row * n + column] = 1;
            return Written(ElementType.Bool, shape, values);
        });
        library.Add("positional_encoding(n, d)", static c =>
        {
            int n = c.SmallInt(0), d = c.SmallInt(1);
            if (n < 0 || d < 0) throw new ScriptFault(Messages.NegativeSize(Math.Min(n, d)));
            Shape shape = c.Shape([n, d], ElementType.Float64);
            var values = new double[shape.ElementCount];
            for (int i = 0; i < values.Length; i++)
            {
                int column = i % d;
                double angle = i / d / Math.Pow(10000, 2.0 * (column / 2) / d);
                values[i] = column % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
            }
            return Written(ElementType.Float16, shape, values);
        });
    }

    public static Tensor Written(ElementType type, Shape shape, double[] values)
    {
        Tensor tensor = Tensor.Create(type, shape);
        if (type.IsFloat) TensorConversion.Write(tensor, values);
        else
        {
            using Tensor wide = Tensor.FromArray(values, shape);
            wide.CopyTo(tensor);
        }
        return tensor;
    }

    private static int[] Square(int n) => n < 0 ? throw new ScriptFault(Messages.NegativeSize(n)) : [n, n];

    private static Value Filled(LibraryCall c, double value, ElementType type)
    {
        Shape shape = c.Shape(0, type);
        Tensor filled = Tensor.Create(type, shape);
        const int chunk = 1 << 16;
        var values = new double[Math.Min(chunk, shape.ElementCount)];
        Array.Fill(values, value);
        for (long at = 0; at < shape.ElementCount; at += chunk)
        {
            c.Run.Cancellation.ThrowIfCancellationRequested();
            Span<double> part = values.AsSpan(0, (int)Math.Min(chunk, shape.ElementCount - at));
            ElementConversion.Write(type, part, TensorConversion.Bytes(filled, at, part.Length));
        }
        return filled;
    }

    private static Value Converted(LibraryCall c)
    {
        ElementType? type = c.DtypeOrNull(1);
        Value x = c[0];
        switch (x.Content)
        {
            case ListValue list: return TensorLiteral.OfList(c.Run, list, type);
            case RangeValue: return TensorLiteral.OfList(c.Run, Sequences.ListOf(c.Run, x), type);
        }
        if (x.IsNumber || x.IsBool) return TensorLiteral.OfScalar(x, type);
        Tensor tensor = c.Tensor(0);
        return type is { } wanted ? c.F.Cast(tensor, wanted) : tensor;
    }

    private static Value ARange(LibraryCall c)
    {
        bool floats = c[0].IsFloat || c[1].IsFloat || c[2].IsFloat;
        ElementType type = c.Dtype(3, floats ? ElementType.Float16 : ElementType.Int64);
        Value a = c.Has(1) ? c[0] : 0, b = c.Has(1) ? c[1] : c[0];
        if (floats)
        {
            double start = Tensors.NumberOrNull(a) ?? throw new ScriptFault(Messages.NeedsNumbers(c.Name)), end = Tensors.NumberOrNull(b) ?? throw new ScriptFault(Messages.NeedsNumbers(c.Name)), step = c.Number(2);
            if (step == 0) throw new ScriptFault(Messages.StepIsZero());
            double count = Math.Max(0, Math.Ceiling((end - start) / step));
            Shape shape = c.Shape([(int)Math.Min(count, int.MaxValue)], ElementType.Float64);
            return Written(type, shape, [.. Enumerable.Range(0, shape[0]).Select(k => start + k * step)]);
        }
        long from = Tensors.IntOrNull(a) ?? throw new ScriptFault(Messages.NeedsNumbers(c.Name)), to = Tensors.IntOrNull(b) ?? throw new ScriptFault(Messages.NeedsNumbers(c.Name)), by = c.Int(2);
        if (by == 0) throw new ScriptFault(Messages.StepIsZero());
        Int128 length = by > 0 ? ((Int128)to - from + by - 1) / by : ((Int128)from - to - by - 1) / -(Int128)by;
        Shape sizes = c.Shape([length <= 0 ? 0 : length > int.MaxValue ? int.MaxValue : (int)length], ElementType.Int64);
        Tensor tensor = Tensor.Create(type, sizes);
        var values = new long[sizes[0]];
        for (int k = 0; k < values.Length; k++) values[k] = from + k * by;
        TensorConversion.Write(tensor, values);
        return tensor;
    }
}

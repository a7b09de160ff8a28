using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;
using TensorLogic.Operators;

namespace TensorLogic.Language.Functions;

/// <summary>Element by element, of tensors and of scalars (6.2, 6.3).</summary>
internal static class ElementwiseFunctions
{
    public static void AddTo(Library library)
    {
        Real(library, "sqrt", Math.Sqrt, static (f, x) => f.Sqrt(x));
        Real(library, "rsqrt", static x => 1 / Math.Sqrt(x), static (f, x) => f.Rsqrt(x));
        Real(library, "reciprocal", static x => 1 / x, static (f, x) => f.Reciprocal(x));
        Real(library, "exp", Math.Exp, static (f, x) => f.Exp(x));
        Real(library, "log", Math.Log, static (f, x) => f.Log(x));
        Real(library, "log2", Math.Log2, static (f, x) => f.Log2(x));
        Real(library, "sin", Math.Sin, static (f, x) => f.Sin(x));
        Real(library, "cos", Math.Cos, static (f, x) => f.Cos(x));
        Real(library, "tan", Math.Tan, static (f, x) => f.Tan(x));
        Real(library, "elu", static x => x > 0 ? x : Math.Exp(x) - 1, static (f, x) => f.Elu(x));
        Real(library, "sigmoid", SpecialFunctions.Sigmoid, static (f, x) => f.Sigmoid(x));
        library.AddAlias("sig", "sigmoid");
        Real(library, "tanh", Math.Tanh, static (f, x) => f.Tanh(x));
        Real(library, "gelu", static x => x / 2 * (1 + SpecialFunctions.Erf(x / Math.Sqrt(2))), static (f, x) => f.Gelu(x));
        Real(library, "gelu_tanh", static x => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))), static (f, x) => f.GeluTanh(x));
        Real(library, "silu", static x => x * SpecialFunctions.Sigmoid(x), static (f, x) => f.Silu(x));
        Real(library, "softplus", SpecialFunctions.Softplus, static (f, x) => f.Softplus(x));

        Number(library, "abs", static x => x == long.MinValue ? throw new ScriptFault(Messages.IntegerOverflow()) : Math.Abs(x), Math.Abs, static (f, x) => f.Abs(x));
        Number(library, "sign", static x => Math.Sign(x), static x => double.IsNaN(x) ? x : Math.Sign(x), static (f, x) => f.Sign(x));
        Number(library, "square", static x => Operations.Ints(BinaryOperator.Multiply, x, x).AsInt(), static x => x * x, static (f, x) => f.Square(x));
        Number(library, "floor", static x => x, Math.Floor, static (f, x) => f.Floor(x));
        Number(library, "ceil", static x => x, Math.Ceiling, static (f, x) => f.Ceil(x));
        Number(library, "trunc", static x => x, Math.Truncate, static (f, x) => f.Trunc(x));
        Number(library, "relu", static x => Math.Max(x, 0), static x => double.IsNaN(x) ? x : Math.Max(x, 0), static (f, x) => f.Relu(x));
        Number(library, "step", static x => x > 0 ? 1 : 0, static x => x > 0 ? 1 : 0, static (f, x) => f.Step(x));
        library.AddAlias("H", "step");

        library.Add("leaky_relu(x, slope = 0.01)", static c =>
        {
            double slope = c.Number(1);
            return c[0].IsNumber ? c.Number(0) is > 0 and var x ? x : slope * c.Number(0) : c.F.LeakyRelu(c.Tensor(0), slope);
        }, EquationUse.Elementwise);
        library.Add("round(x, digits = 0)", static c =>
        {
            int digits = c.SmallInt(1);
            return c[0].IsInt ? c[0] : c[0].IsFloat ? SpecialFunctions.RoundDecimals(c[0].AsFloat(), digits) : c.F.Round(c.Tensor(0), digits);
        }, EquationUse.Elementwise);
        library.Add("isnan(x)", static c => c[0].IsNumber ? double.IsNaN(c.Number(0)) : c.F.IsNaN(c.Tensor(0)), EquationUse.Elementwise);
        library.Add("pow(x, y)", static c => Operations.Binary(c.Run, BinaryOperator.Power, c[0], c[1]), EquationUse.Elementwise);
        library.Add("maximum(x, y)", static c => Extreme(c, Op.Maximum, static order => order > 0), EquationUse.Elementwise);
        library.Add("minimum(x, y)", static c => Extreme(c, Op.Minimum, static order => order < 0), EquationUse.Elementwise);
        library.Add("clamp(x, lo, hi)", static c => Clamp(c), EquationUse.Elementwise);
        library.Add("where(cond, x, y)", static c => Where(c), EquationUse.Elementwise);
        library.Add("cast(x, dtype)", static c => c.F.Cast(c.Tensor(0), c.DtypeOrNull(1) ?? throw c.Expects("a dtype", c[1])));
        library.Add("int(x)", static c => Int(c[0], c.Name));
        library.Add("float(x)", static c => Float(c[0], c.Name));
    }

    private static void Real(Library library, string name, Func<double, double> scalar, Func<TensorFunctions, Tensor, Tensor> tensor) =>
        library.Add($"{name}(x)", c => c[0].IsNumber ? scalar(c[0].AsFloat()) : tensor(c.F, c.Tensor(0)), EquationUse.Elementwise);

    private static void Number(Library library, string name, Func<long, long> whole, Func<double, double> real, Func<TensorFunctions, Tensor, Tensor> tensor) =>
        library.Add($"{name}(x)", c => c[0].IsInt ? whole(c[0].Bits) : c[0].IsFloat ? real(c[0].AsFloat()) : (Value)tensor(c.F, c.Tensor(0)), EquationUse.Elementwise);

    /// <summary>Operands of a function that broadcasts: promoted, scalars weak.</summary>
    private static (Tensor X, Tensor Y, ElementType Type) Promoted(LibraryCall c, int first, int second)
    {
        Value a = c[first], b = c[second];
        bool weakA = a.IsNumber, weakB = b.IsNumber;
        Tensor x, y;
        ElementType type;
        if (weakA && weakB) type = a.IsFloat || b.IsFloat ? ElementType.Float32 : ElementType.Int64;
        else if (weakA) type = TensorLiteral.Weak(c.Tensor(second).ElementType, a);
        else if (weakB) type = TensorLiteral.Weak(c.Tensor(first).ElementType, b);
        else type = TensorFunctions.Promote(c.Tensor(first).ElementType, c.Tensor(second).ElementType);
        ElementType compute = TensorFunctions.ComputeType(type);
        x = weakA ? TensorLiteral.OfScalar(a, compute) : c.Tensor(first);
        y = weakB ? TensorLiteral.OfScalar(b, compute) : c.Tensor(second);
        Operations.CheckBroadcast(x, y);
        return (x, y, type);
    }

    private static Value Extreme(LibraryCall c, Operator<NoAttributes> @operator, Func<int, bool> wins)
    {
        if (c[0].IsNumber && c[1].IsNumber) return ExtremeOf(c[0], c[1], wins);
        (Tensor x, Tensor y, ElementType type) = Promoted(c, 0, 1);
        return c.F.Arithmetic(@operator, x, y, type == ElementType.Bool ? ElementType.Int64 : type);
    }

    /// <summary>The larger or smaller of two numbers; a float if one of them is; NaN wins.</summary>
    public static Value ExtremeOf(Value a, Value b, Func<int, bool> wins)
    {
        Value best = ValueOrder.CompareNumbers(a, b) is not { } order ? double.NaN : wins(order) ? a : b;
        return a.IsFloat || b.IsFloat ? best.AsFloat() : best;
    }

    private static Value Clamp(LibraryCall c)
    {
        if (c[0].IsNumber && c[1].IsNumber && c[2].IsNumber)
        {
            Value raised = ExtremeOf(c[0], c[1], static order => order > 0);
            Value clamped = ExtremeOf(raised, c[2], static order => order < 0);
            return c[0].IsInt && clamped.IsFloat && clamped.AsFloat() is var whole && whole == Math.Floor(whole) && Math.Abs(whole) < 1e15 ? (long)whole : clamped;
        }
        Tensor x = c.Tensor(0);
        ElementType type = x.ElementType == ElementType.Bool ? ElementType.Int64 : x.ElementType, compute = TensorFunctions.ComputeType(type);
        Tensor low = c[1].IsNumber ? TensorLiteral.OfScalar(c[1], compute) : c.Tensor(1), high = c[2].IsNumber ? TensorLiteral.OfScalar(c[2], compute) : c.Tensor(2);
        Operations.CheckBroadcast(x, low);
        Operations.CheckBroadcast(x, high);
        return c.F.Clamp(x, low, high);
    }

    private static Value Where(LibraryCall c)
    {
        if ((c[0].IsBool || c[0].IsNumber) && !c.IsTensorLike(1) && !c.IsTensorLike(2)) return c[0].IsBool ? c[0].AsBool() ? c[1] : c[2] : c.Number(0) != 0 ? c[1] : c[2];
        Tensor condition = c.Tensor(0);
        bool scalars = c[1].IsBool && c[2].IsBool;
        (Tensor x, Tensor y, ElementType type) = Promoted(c, 1, 2);
        if (!Shape.TryBroadcast(x.Shape, y.Shape, out Shape both) || !Shape.TryBroadcast(condition.Shape, both, out _)) throw new ScriptFault(Messages.DoNotBroadcast(condition.Shape, x.Shape));
        // Two float scalars have no tensor to follow: f16, as a list of them would be.
        if (c[1].IsNumber && c[2].IsNumber && type == ElementType.Float32) type = ElementType.Float16;
        return scalars ? c.F.Where(condition, x, y) : c.F.Cast(c.F.Where(condition, x, y), type);
    }

    /// <summary>A number, numeric string or one-element tensor as an int.</summary>
    /// <exception cref="ScriptFault">TL3010, TL4007, TL4010.</exception>
    public static Value Int(Value value, string name)
    {
        if (value.IsInt) return value;
        if (value.IsBool) return value.Bits;
        if (value.TensorOrNull is { ElementCount: 1 } tensor) return Int(Tensors.Scalar(tensor), name);
        if (value.Content is string text)
            return long.TryParse(text.Trim(' ', '\t', '\r', '\n'), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out long parsed)
                ? parsed : throw new ScriptFault(Messages.IsNotAn(ValueText.Quoted(text), "int"));
        if (!value.IsFloat) throw new ScriptFault(Messages.Expects(name, "a number", value.TypeName));
        double number = Math.Truncate(value.AsFloat());
        if (double.IsNaN(number)) throw new ScriptFault(Messages.IsNotAn("nan", "int"));
        return number is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)number : throw new ScriptFault(Messages.IntegerOverflow());
    }

    /// <summary>A number, numeric string or one-element tensor as a float.</summary>
    /// <exception cref="ScriptFault">TL3010, TL4010.</exception>
    public static Value Float(Value value, string name)
    {
        if (value.IsNumber) return value.AsFloat();
        if (value.IsBool) return (double)value.Bits;
        if (value.TensorOrNull is { ElementCount: 1 } tensor) return TensorConversion.ReadDoubles(tensor)[0];
        if (value.Content is not string text) throw new ScriptFault(Messages.Expects(name, "a number", value.TypeName));
        string trimmed = text.Trim(' ', '\t', '\r', '\n');
        const System.Globalization.NumberStyles style = System.Globalization.NumberStyles.AllowLeadingSign | System.Globalization.NumberStyles.AllowDecimalPoint | System.Globalization.NumberStyles.AllowExponent;
        if (trimmed.Length > 0 && (char.IsAsciiDigit(trimmed[^1]) || trimmed[^1] == '.') && double.TryParse(trimmed, style, System.Globalization.CultureInfo.InvariantCulture, out double parsed)) return parsed;
        return trimmed switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            _ => throw new ScriptFault(Messages.IsNotAn(ValueText.Quoted(text), "float")),
        };
    }
}

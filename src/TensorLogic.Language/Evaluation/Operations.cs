using System.Text;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;
using TensorLogic.Operators;

namespace TensorLogic.Language.Evaluation;

/// <summary>Operators on values (4.5 to 4.9).</summary>
internal static class Operations
{
    /// <exception cref="ScriptFault">TL3001, TL3002, TL3003, TL4003, TL4007, TL4010.</exception>
    public static Value Binary(RunState run, BinaryOperator op, Value a, Value b) => op switch
    {
        BinaryOperator.Equal or BinaryOperator.NotEqual => Equality(run, op, a, b),
        BinaryOperator.Less or BinaryOperator.LessEqual or BinaryOperator.Greater or BinaryOperator.GreaterEqual => Order(run, op, a, b),
        BinaryOperator.In => Contains(b, a),
        BinaryOperator.Range => Range(a, b),
        BinaryOperator.MatMul => MatMul(run, a, b),
        _ => Arithmetic(run, op, a, b),
    };

    private static Value Arithmetic(RunState run, BinaryOperator op, Value a, Value b)
    {
        if (a.IsInt && b.IsInt) return Ints(op, a.Bits, b.Bits);
        if (a.IsNumber && b.IsNumber) return Floats(op, a.AsFloat(), b.AsFloat());
        if (op == BinaryOperator.Add && a.Content is string x && b.Content is string y)
        {
            run.Reserve(2 * ((Int128)x.Length + y.Length));
            return x + y;
        }
        if (op == BinaryOperator.Multiply && a.Content is string text && b.IsInt) return Repeat(run, text, b.Bits);
        if (!IsOperand(a) || !IsOperand(b) || !IsTensorLike(a) && !IsTensorLike(b)) throw NotDefined(op, a, b);
        return TensorArithmetic(run, op, a, b);
    }

    public static string Repeat(RunState run, string text, long count)
    {
        if (count <= 0 || text.Length == 0) return "";
        run.Reserve(2 * (Int128)text.Length * count);
        return new StringBuilder().Insert(0, text, (int)count).ToString();
    }

    /// <summary>A tensor, or what becomes one beside another operand.</summary>
    public static bool IsTensorLike(Value value) => value.Kind is ValueKind.Tensor or ValueKind.List or ValueKind.Relation;

    private static bool IsOperand(Value value) => IsTensorLike(value) || value.IsNumber || value.IsBool;

    private static ScriptFault NotDefined(BinaryOperator op, Value a, Value b) =>
        new(Messages.NotDefined(Spelling(op), a.TypeName, b.TypeName, op == BinaryOperator.Add && (a.Kind == ValueKind.String || b.Kind == ValueKind.String)));

    private static Value TensorArithmetic(RunState run, BinaryOperator op, Value a, Value b)
    {
        Tensor? x = IsTensorLike(a) ? Tensors.Of(run, a) : null, y = IsTensorLike(b) ? Tensors.Of(run, b) : null;
        ElementType type = x is null ? TensorLiteral.Weak(y!.ElementType, a) : y is null ? TensorLiteral.Weak(x.ElementType, b) : TensorFunctions.Promote(x.ElementType, y.ElementType);
        if (type == ElementType.Bool) type = ElementType.Int64;
        // A float scalar enters in f32 or f64, not in the type of a 16-bit result.
        ElementType compute = TensorFunctions.ComputeType(type);
        x ??= TensorLiteral.OfScalar(a, compute);
        y ??= TensorLiteral.OfScalar(b, compute);
        CheckBroadcast(x, y);
        if (!type.IsFloat) CheckIntegers(op, y);
        return run.Functions.Arithmetic(OperatorOf(op), x, y, type);
    }

    /// <exception cref="ScriptFault">TL3002.</exception>
    public static void CheckBroadcast(Tensor x, Tensor y)
    {
        if (!Shape.TryBroadcast(x.Shape, y.Shape, out _)) throw new ScriptFault(Messages.DoNotBroadcast(x.Shape, y.Shape));
    }

    /// <exception cref="ScriptFault">TL4003, TL4010.</exception>
    public static void CheckIntegers(BinaryOperator op, Tensor right)
    {
        if (op is BinaryOperator.Divide or BinaryOperator.Remainder && TensorConversion.ReadLongs(right).Contains(0)) throw new ScriptFault(Messages.DivisionByZero());
        if (op == BinaryOperator.Power && Array.Exists(TensorConversion.ReadLongs(right), power => power < 0)) throw new ScriptFault(Messages.NegativePower());
    }

    public static Operator<NoAttributes> OperatorOf(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => Op.Add,
        BinaryOperator.Subtract => Op.Sub,
        BinaryOperator.Multiply or BinaryOperator.Juxtapose => Op.Mul,
        BinaryOperator.Divide => Op.RealDiv,
        BinaryOperator.Remainder => Op.Fmod,
        BinaryOperator.Power => Op.Pow,
        BinaryOperator.Equal => Op.Equal,
        BinaryOperator.NotEqual => Op.NotEqual,
        BinaryOperator.Less => Op.Less,
        BinaryOperator.LessEqual => Op.LessEqual,
        BinaryOperator.Greater => Op.Greater,
        _ => Op.GreaterEqual,
    };

    /// <exception cref="ScriptFault">TL4003, TL4007, TL4010.</exception>
    public static Value Ints(BinaryOperator op, long a, long b)
    {
        try
        {
            return op switch
            {
                BinaryOperator.Add => checked(a + b),
                BinaryOperator.Subtract => checked(a - b),
                BinaryOperator.Multiply or BinaryOperator.Juxtapose => checked(a * b),
                BinaryOperator.Divide => b == 0 ? throw new ScriptFault(Messages.DivisionByZero()) : b == -1 ? checked(-a) : a / b,
                BinaryOperator.Remainder => b == 0 ? throw new ScriptFault(Messages.DivisionByZero()) : b == -1 ? 0 : a % b,
                _ => IntPower(a, b),
            };
        }
        catch (OverflowException)
        {
            throw new ScriptFault(Messages.IntegerOverflow());
        }
    }

    private static long IntPower(long a, long b)
    {
        if (b < 0) throw new ScriptFault(Messages.NegativePower());
        long result = 1;
        while (true)
        {
            if ((b & 1) != 0) result = checked(result * a);
            b >>= 1;
            if (b == 0) return result;
            a = checked(a * a);
        }
    }

    public static double Floats(BinaryOperator op, double a, double b) => op switch
    {
        BinaryOperator.Add => a + b,
        BinaryOperator.Subtract => a - b,
        BinaryOperator.Multiply or BinaryOperator.Juxtapose => a * b,
        BinaryOperator.Divide => a / b,
        BinaryOperator.Remainder => a % b,
        _ => Math.Pow(a, b),
    };

    private static Value MatMul(RunState run, Value a, Value b)
    {
        if (!IsTensorLike(a) || !IsTensorLike(b)) throw NotDefined(BinaryOperator.MatMul, a, b);
        return MatMul(run, Tensors.Of(run, a), Tensors.Of(run, b), "@");
    }

    /// <exception cref="ScriptFault">TL3003.</exception>
    public static Tensor MatMul(RunState run, Tensor x, Tensor y, string name)
    {
        if (x.Rank == 0 || y.Rank == 0) throw new ScriptFault(Messages.CannotJoin(name, x.Shape, y.Shape, "an operand has no axes"));
        int left = x.Shape[-1], right = y.Shape[y.Rank == 1 ? 0 : -2];
        if (left != right) throw new ScriptFault(Messages.CannotJoin(name, x.Shape, y.Shape, $"{left} and {right} differ"));
        if (x.Rank > 2 || y.Rank > 2)
        {
            Shape leading = Shape.Create(x.Shape.Sizes[..Math.Max(0, x.Rank - 2)]), other = Shape.Create(y.Shape.Sizes[..Math.Max(0, y.Rank - 2)]);
            if (!Shape.TryBroadcast(leading, other, out _)) throw new ScriptFault(Messages.DoNotBroadcast(leading, other));
        }
        return run.Functions.MatMul(x, y);
    }

    private static Value Equality(RunState run, BinaryOperator op, Value a, Value b)
    {
        bool tensors = a.Kind == ValueKind.Tensor || b.Kind == ValueKind.Tensor;
        if (tensors && IsOperand(a) && IsOperand(b)) return Comparison(run, op, a, b);
        return ValueOrder.AreEqual(a, b) == (op == BinaryOperator.Equal);
    }

    private static Value Order(RunState run, BinaryOperator op, Value a, Value b)
    {
        if (a.IsNumber && b.IsNumber) return ValueOrder.CompareNumbers(a, b) is { } order && Holds(op, order);
        if (a.Content is string x && b.Content is string y) return Holds(op, Similarity.CompareCodePoints(x, y));
        if (!IsOperand(a) || !IsOperand(b) || !IsTensorLike(a) && !IsTensorLike(b)) throw NotDefined(op, a, b);
        return Comparison(run, op, a, b);
    }

    public static bool Holds(BinaryOperator op, int order) => op switch
    {
        BinaryOperator.Less => order < 0,
        BinaryOperator.LessEqual => order <= 0,
        BinaryOperator.Greater => order > 0,
        BinaryOperator.GreaterEqual => order >= 0,
        BinaryOperator.Equal => order == 0,
        _ => order != 0,
    };

    private static Tensor Comparison(RunState run, BinaryOperator op, Value a, Value b)
    {
        Tensor? x = IsTensorLike(a) ? Tensors.Of(run, a) : null, y = IsTensorLike(b) ? Tensors.Of(run, b) : null;
        // A scalar is rounded to the tensor's type first.
        x ??= TensorLiteral.OfScalar(a, TensorLiteral.Weak(y!.ElementType, a));
        y ??= TensorLiteral.OfScalar(b, TensorLiteral.Weak(x.ElementType, b));
        CheckBroadcast(x, y);
        ElementType compute = TensorFunctions.ComputeType(TensorFunctions.Promote(x.ElementType, y.ElementType));
        return run.Functions.Run(OperatorOf(op), run.Functions.Cast(x, compute), run.Functions.Cast(y, compute));
    }

    private static bool Contains(Value container, Value item) => container.Content switch
    {
        ListValue list => list.Any(element => ValueOrder.AreEqual(element, item)),
        RangeValue range => item.IsInt && item.Bits >= range.Start && item.Bits < range.End,
        RecordValue record => item.Content is string key && record.ContainsKey(key),
        string text when item.Content is string part => text.Contains(part, StringComparison.Ordinal),
        _ => throw new ScriptFault(Messages.NotDefined("in", item.TypeName, container.TypeName, false)),
    };

    private static Value Range(Value a, Value b)
    {
        if (Tensors.IntOrNull(a) is not { } start || Tensors.IntOrNull(b) is not { } end) throw new ScriptFault(Messages.NotDefined("..", a.TypeName, b.TypeName, false));
        return Value.Of(new RangeValue(start, end));
    }

    /// <exception cref="ScriptFault">TL3001, TL4007.</exception>
    public static Value Negate(RunState run, Value value)
    {
        if (value.IsInt) return value.Bits == long.MinValue ? throw new ScriptFault(Messages.IntegerOverflow()) : (Value)(-value.Bits);
        if (value.IsFloat) return -value.Double;
        if (!IsTensorLike(value)) throw new ScriptFault(Messages.MinusNotDefined(value.TypeName));
        Tensor x = Tensors.Of(run, value);
        ElementType type = x.ElementType == ElementType.Bool ? ElementType.Int64 : x.ElementType, compute = TensorFunctions.ComputeType(type);
        // 0 - x would lose the sign of a zero.
        return run.Functions.Arithmetic(Op.Mul, x, TensorLiteral.OfScalar(-1, compute), type);
    }

    /// <summary><c>and</c>, <c>or</c> of bool tensors, element by element.</summary>
    public static Value Logical(RunState run, bool isAnd, Value a, Value b)
    {
        Tensor x = BoolTensor(run, a, isAnd ? "and" : "or"), y = BoolTensor(run, b, isAnd ? "and" : "or");
        CheckBroadcast(x, y);
        return isAnd ? run.Functions.And(x, y) : run.Functions.Or(x, y);
    }

    public static Value Not(RunState run, Value value)
    {
        if (value.IsBool) return value.Bits == 0;
        if (value.TensorOrNull is { ElementType: ElementType.Bool } tensor) return run.Functions.Not(tensor);
        throw new ScriptFault(value.Kind == ValueKind.Tensor ? Messages.NeedsBoolTensors("not") : Messages.ConditionMustBeBool(value.TypeName));
    }

    private static Tensor BoolTensor(RunState run, Value value, string op)
    {
        if (value.IsBool) return TensorLiteral.OfScalar(value);
        return value.TensorOrNull is { ElementType: ElementType.Bool } tensor ? tensor : throw new ScriptFault(value.Kind == ValueKind.Tensor ? Messages.NeedsBoolTensors(op) : Messages.ConditionMustBeBool(value.TypeName));
    }

    /// <summary>The truth of a condition; null for a bool tensor of several elements.</summary>
    /// <exception cref="ScriptFault">TL3013.</exception>
    public static bool? TruthOrMany(Value value)
    {
        if (value.IsBool) return value.Bits != 0;
        if (value.TensorOrNull is { ElementType: ElementType.Bool } tensor) return tensor.ElementCount == 1 ? TensorConversion.ReadLongs(tensor)[0] != 0 : null;
        throw new ScriptFault(Messages.ConditionMustBeBool(value.TypeName));
    }

    /// <exception cref="ScriptFault">TL3013.</exception>
    public static bool Truth(Value value) => TruthOrMany(value) ?? throw new ScriptFault(Messages.ConditionMustBeBool("tensor"));

    public static string Spelling(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply or BinaryOperator.Juxtapose => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Remainder => "%",
        BinaryOperator.MatMul => "@",
        BinaryOperator.Power => "**",
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterEqual => ">=",
        BinaryOperator.In => "in",
        BinaryOperator.And => "and",
        BinaryOperator.Or => "or",
        _ => "..",
    };
}

using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>A call of a library function: its arguments, read as what the function needs.</summary>
/// <remarks>The readers throw TL3001, TL3005, TL3010 and TL4010, naming the function.</remarks>
internal readonly struct LibraryCall(RunState run, LibraryFunction function, Value[] arguments, Value[] rest)
{
    public RunState Run => run;

    public TensorFunctions F => run.Functions;

    public string Name => function.Name;

    /// <summary>Values by position of a variadic function.</summary>
    public Value[] Rest => rest;

    public Value this[int index] => arguments[index];

    public bool Has(int index) => !arguments[index].IsNone;

    public ScriptFault Expects(string what, Value value) => new(Messages.Expects(Name, what, value.TypeName));

    public Tensor Tensor(int index) => IsTensorLike(index) || arguments[index].IsNumber || arguments[index].IsBool ? Tensors.Of(run, arguments[index]) : throw Expects("a tensor", arguments[index]);

    /// <summary>A tensor, or null where the argument is left out.</summary>
    public Tensor? TensorOrNull(int index) => Has(index) ? Tensor(index) : null;

    public bool IsTensorLike(int index) => Operations.IsTensorLike(arguments[index]);

    public long Int(int index) => Tensors.IntOrNull(arguments[index]) ?? throw new ScriptFault(Messages.ArgumentMustBeInt(function.Signature.Parameters[index].Name, Name));

    public int SmallInt(int index) => (int)Math.Clamp(Int(index), int.MinValue, int.MaxValue);

    public double Number(int index) => Tensors.NumberOrNull(arguments[index]) ?? throw new ScriptFault(Messages.NeedsNumbers(Name));

    public bool Bool(int index) => arguments[index].IsBool ? arguments[index].AsBool() : throw Expects("a bool", arguments[index]);

    public string Text(int index) => arguments[index].Content as string ?? throw Expects("a string", arguments[index]);

    public ListValue List(int index) => arguments[index].Content switch
    {
        ListValue list => list,
        RangeValue range => Sequences.ListOf(run, Value.Of(range)),
        _ => throw Expects("a list", arguments[index]),
    };

    public RecordValue Record(int index) => arguments[index].Content as RecordValue ?? throw Expects("a record", arguments[index]);

    public FunctionValue Function(int index) => arguments[index].Content as FunctionValue ?? throw Expects("a function", arguments[index]);

    /// <summary>A dtype; the default where it is left out.</summary>
    public ElementType Dtype(int index, ElementType otherwise) => DtypeOrNull(index) ?? otherwise;

    public ElementType? DtypeOrNull(int index) => arguments[index] switch
    {
        { IsNone: true } => null,
        { Kind: ValueKind.Dtype } value => value.Dtype,
        { Content: string name } when DeclaredType.Dtype(name) is { } named => named,
        var other => throw Expects("a dtype", other),
    };

    /// <summary>A list of sizes, or one.</summary>
    /// <exception cref="ScriptFault">TL4010 for a negative size, TL6003 for more elements than memory holds.</exception>
    public Shape Shape(int index, ElementType type)
    {
        int[] sizes = Ints(index);
        foreach (int size in sizes)
            if (size < 0) throw new ScriptFault(Messages.NegativeSize(size));
        return Shape(sizes, type);
    }

    public Shape Shape(int[] sizes, ElementType type)
    {
        if (sizes.Length > TensorLogic.Shape.MaxRank) throw Expects($"at most {TensorLogic.Shape.MaxRank} sizes", Value.Of(ListValue.Empty));
        Int128 bytes = type.Bits / 8;
        foreach (int size in sizes) bytes = size == 0 ? 0 : bytes > long.MaxValue ? bytes : bytes * size;
        run.Reserve(bytes);
        return TensorLogic.Shape.Create(sizes);
    }

    /// <summary>One int or a list of ints.</summary>
    public int[] Ints(int index)
    {
        Value value = arguments[index];
        if (Tensors.IntOrNull(value) is { } single && value.Kind != ValueKind.List) return [Narrow(single)];
        if (value.TensorOrNull is { Rank: 1, ElementType: var type } tensor && type.IsInteger) return Array.ConvertAll(TensorConversion.ReadLongs(tensor), Narrow);
        if (value.Content is RangeValue) return [.. Sequences.ListOf(run, value).Select(item => Narrow(item.Bits))];
        LibraryFunction called = function;
        return value.Content is ListValue list
            ? [.. list.Select(item => Narrow(Tensors.IntOrNull(item) ?? throw new ScriptFault(Messages.Expects(called.Name, "ints", item.TypeName))))]
            : throw Expects("a list of ints", value);
    }

    private static int Narrow(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    /// <summary>An axis of a tensor, from the front.</summary>
    /// <exception cref="ScriptFault">TL3005.</exception>
    public int Axis(int index, int rank)
    {
        long axis = Int(index);
        return axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw new ScriptFault(Messages.AxisOutOfRange(axis, rank));
    }

    /// <summary>Axes from the front; empty where they are left out.</summary>
    /// <exception cref="ScriptFault">TL3005.</exception>
    public int[] Axes(int index, int rank)
    {
        if (!Has(index)) return [];
        int[] axes = Ints(index);
        for (int i = 0; i < axes.Length; i++)
        {
            if (axes[i] < -rank || axes[i] >= rank) throw new ScriptFault(Messages.AxisOutOfRange(axes[i], rank));
            if (axes[i] < 0) axes[i] += rank;
        }
        return axes;
    }

    /// <summary>An int for both, or a pair of ints for height and width.</summary>
    public (int H, int W) Pair(int index)
    {
        int[] values = Ints(index);
        return values switch
        {
            [var both] => (both, both),
            [var height, var width] => (height, width),
            _ => throw Expects("an int or a pair of ints", arguments[index]),
        };
    }
}

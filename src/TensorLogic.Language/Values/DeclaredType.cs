using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Values;

/// <summary>A dimension of a declared type: a size, any, or a symbol of a function's signature.</summary>
internal readonly record struct DeclaredSize(int? Size, string? Symbol);

/// <summary>A type in a declaration (3.8), its names resolved.</summary>
/// <param name="Name">As written.</param>
/// <param name="Element">The dtype, if it is one.</param>
/// <param name="Sizes">The dimensions; null without brackets.</param>
internal sealed record DeclaredType(string Name, ElementType? Element, DeclaredSize[]? Sizes)
{
    private static readonly Dictionary<string, ElementType> s_dtypes = new(StringComparer.Ordinal)
    {
        ["f16"] = ElementType.Float16, ["bf16"] = ElementType.BFloat16, ["f32"] = ElementType.Float32, ["f64"] = ElementType.Float64,
        ["i8"] = ElementType.Int8, ["i16"] = ElementType.Int16, ["i32"] = ElementType.Int32, ["i64"] = ElementType.Int64,
        ["u8"] = ElementType.UInt8, ["bool"] = ElementType.Bool,
        ["float16"] = ElementType.Float16, ["bfloat16"] = ElementType.BFloat16, ["float32"] = ElementType.Float32, ["float64"] = ElementType.Float64,
        ["int8"] = ElementType.Int8, ["int16"] = ElementType.Int16, ["int32"] = ElementType.Int32, ["int64"] = ElementType.Int64, ["uint8"] = ElementType.UInt8,
    };

    private static readonly HashSet<string> s_others = new(StringComparer.Ordinal) { "int", "float", "bool", "string", "list", "record", "tensor", "relation", "model", "function", "entity", "any" };

    /// <summary>The dtype of a name, main or Compat form.</summary>
    public static ElementType? Dtype(string name) => s_dtypes.TryGetValue(name, out ElementType type) ? type : null;

    public static IEnumerable<string> DtypeNames => s_dtypes.Keys;

    /// <summary>True for a name that stands for a type, with or without brackets.</summary>
    public static bool IsType(string name, bool hasSizes) => s_dtypes.ContainsKey(name) || !hasSizes && s_others.Contains(name);

    /// <summary>The value as declared.</summary>
    /// <param name="run">The run.</param>
    /// <param name="value">What is assigned.</param>
    /// <param name="variable">Its name, for errors.</param>
    /// <param name="symbols">Sizes that names stand for so far in this call.</param>
    /// <exception cref="ScriptFault">TL3008.</exception>
    public Value Convert(RunState run, Value value, string variable, Dictionary<string, int>? symbols = null)
    {
        // bool without brackets is the scalar.
        if (Element is { } element && (Sizes is not null || Name != "bool")) return ConvertTensor(run, element, value, variable, symbols);
        switch (Name)
        {
            case "any": return value;
            case "float" when value.IsInt: return (double)value.Bits;
            case "tensor" when value.Kind is ValueKind.Tensor: return value;
            case "tensor" when value.Kind is ValueKind.List or ValueKind.Relation: return Tensors.Of(run, value);
            case "entity" when value.Kind == ValueKind.String: return value;
        }
        if (value.TypeName != Name) throw new ScriptFault(Messages.DeclaredButIs(variable, ToString(), value.TypeName));
        return value;
    }

    private Value ConvertTensor(RunState run, ElementType element, Value value, string variable, Dictionary<string, int>? symbols)
    {
        if (value.Content is Learnable learnable && learnable.Current.ElementType == element && Fits(learnable.Current.Shape, symbols)) return value;
        Tensor tensor = value switch
        {
            { Kind: ValueKind.List } => TensorLiteral.OfList(run, (ListValue)value.Content!, HasTensors((ListValue)value.Content!) ? null : element),
            { IsNumber: true } or { IsBool: true } => TensorLiteral.OfScalar(value, element),
            { Kind: ValueKind.Tensor or ValueKind.Relation } => Tensors.Of(run, value),
            _ => throw new ScriptFault(Messages.DeclaredButIs(variable, ToString(), value.TypeName)),
        };
        if (tensor.Rank == 0 && Sizes is [{ Size: 1 }]) tensor = run.Functions.Reshape(tensor, 1);
        if (!Fits(tensor.Shape, symbols)) throw new ScriptFault(Messages.DeclaredButHasShape(variable, ToString(), tensor.Shape));
        return run.Functions.Cast(tensor, element);
    }

    private static bool HasTensors(ListValue list) => list.Any(item => item.Kind == ValueKind.Tensor || item.Content is ListValue inner && HasTensors(inner));

    private bool Fits(Shape shape, Dictionary<string, int>? symbols)
    {
        if (Sizes is null) return true;
        if (shape.Rank != Sizes.Length) return false;
        for (int axis = 0; axis < Sizes.Length; axis++)
        {
            if (Sizes[axis].Size is { } size && size != shape[axis]) return false;
            if (Sizes[axis].Symbol is not { } symbol || symbols is null) continue;
            if (symbols.TryGetValue(symbol, out int known) && known != shape[axis]) return false;
            symbols[symbol] = shape[axis];
        }
        return true;
    }

    /// <summary>Zeros of this type; sizes must be known.</summary>
    public Tensor? Zeros()
    {
        if (Element is not { } element) return null;
        if (Sizes is null) return Tensor.Create(element, Shape.Scalar);
        return Array.TrueForAll(Sizes, size => size.Size is not null) ? Tensor.Create(element, Shape.Create(Array.ConvertAll(Sizes, size => size.Size!.Value))) : null;
    }

    // In the main form of the dtype's name.
    public override string ToString() =>
        (Element is { } element && Name != "bool" ? element.Name : Name) + (Sizes is null ? "" : $"[{string.Join(", ", Sizes.Select(size => size.Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? size.Symbol ?? "?"))}]");
}

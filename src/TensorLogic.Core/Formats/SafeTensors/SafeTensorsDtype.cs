namespace TensorLogic.Formats.SafeTensors;

/// <summary>An element type as a header spells it.</summary>
internal sealed class SafeTensorsDtype
{
    /// <summary>Every type, in the order of the reference's enumeration: the writer lays tensors out by it, last type first.</summary>
    public static IReadOnlyList<SafeTensorsDtype> All { get; } = Table(
        ("BOOL", ElementType.Bool),
        ("F4", ElementType.Float4E2M1),
        ("F6_E2M3", ElementType.Float6E2M3),
        ("F6_E3M2", ElementType.Float6E3M2),
        ("U8", ElementType.UInt8),
        ("I8", ElementType.Int8),
        ("F8_E5M2", ElementType.Float8E5M2),
        ("F8_E4M3", ElementType.Float8E4M3),
        ("F8_E8M0", ElementType.Float8E8M0),
        ("F8_E4M3FNUZ", ElementType.Float8E4M3Fnuz),
        ("F8_E5M2FNUZ", ElementType.Float8E5M2Fnuz),
        ("I16", ElementType.Int16),
        ("U16", ElementType.UInt16),
        ("F16", ElementType.Float16),
        ("BF16", ElementType.BFloat16),
        ("I32", ElementType.Int32),
        ("U32", ElementType.UInt32),
        ("F32", ElementType.Float32),
        ("C64", ElementType.Complex64),
        ("F64", ElementType.Float64),
        ("I64", ElementType.Int64),
        ("U64", ElementType.UInt64));

    private SafeTensorsDtype(string name, ElementType elementType, int rank)
    {
        Name = name;
        ElementType = elementType;
        Rank = rank;
        Storage = Quantization.Of(elementType);
    }

    /// <summary><c>F16</c>, <c>F8_E4M3</c>, …</summary>
    public string Name { get; }

    public ElementType ElementType { get; }

    /// <summary>Place in <see cref="All"/>.</summary>
    public int Rank { get; }

    public Quantization Storage { get; }

    /// <summary>How the format spells a type, or null where it has none.</summary>
    public static SafeTensorsDtype? Of(ElementType elementType)
    {
        foreach (SafeTensorsDtype dtype in All)
            if (dtype.ElementType == elementType)
                return dtype;
        return null;
    }

    public override string ToString() => Name;

    private static SafeTensorsDtype[] Table(params (string Name, ElementType ElementType)[] rows)
    {
        var table = new SafeTensorsDtype[rows.Length];
        for (int rank = 0; rank < rows.Length; rank++) table[rank] = new(rows[rank].Name, rows[rank].ElementType, rank);
        return table;
    }
}

namespace TensorLogic.CoreML.Specification.MilText;

/// <summary>Kind of a token of a compiled program's text.</summary>
internal enum MilToken
{
    /// <summary>After the last character.</summary>
    End,
    Identifier,
    /// <summary>An integer or a floating-point number, decimal or hexadecimal, with its sign.</summary>
    Number,
    String,
    /// <summary><c>-></c></summary>
    Arrow,
    /// <summary>One of <c>( ) [ ] { } &lt; > , = ; ?</c></summary>
    Symbol,
}

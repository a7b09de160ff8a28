using TensorLogic.Language.Values;

namespace TensorLogic.Language.Binding;

/// <summary>What a name stands for at some place of a script.</summary>
internal abstract class Symbol(string name)
{
    public string Name => name;
}

/// <summary>A script-level variable, by its place among the names of the code.</summary>
internal sealed class GlobalSymbol(string name, int index) : Symbol(name)
{
    public int Index => index;
}

/// <summary>A variable of a block, by its place in the frame.</summary>
internal sealed class LocalSymbol(string name, int slot) : Symbol(name)
{
    public int Slot => slot;

    /// <summary>A function uses it: it lives in a box of its own, made anew whenever its block is entered.</summary>
    public bool IsBoxed { get; set; }

    /// <summary>Where its declared type is kept; -1 without one.</summary>
    public int TypeSlot { get; set; } = -1;
}

/// <summary>A variable of an outer function.</summary>
internal sealed class CaptureSymbol(string name, int index) : Symbol(name)
{
    public int Index => index;
}

/// <summary>A declared index variable; its size, if any, is kept in a variable without a name.</summary>
internal sealed class IndexSymbol(string name, Symbol? size) : Symbol(name)
{
    public Symbol? Size => size;
}

/// <summary>The variables of a block.</summary>
internal sealed class BlockScope(BlockScope? parent, FunctionScope function)
{
    public BlockScope? Parent => parent;

    public FunctionScope Function => function;

    public Dictionary<string, Symbol> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Locals that live in this block.</summary>
    public List<LocalSymbol> Locals { get; } = [];
}

/// <summary>A function while it is bound; the script itself is one.</summary>
internal sealed class FunctionScope(FunctionScope? parent, BlockScope? outer)
{
    public FunctionScope? Parent => parent;

    /// <summary>The block that the function stands in.</summary>
    public BlockScope? Outer => outer;

    public bool IsScript => parent is null;

    public int LocalCount { get; private set; }

    public int LoopDepth { get; set; }

    /// <summary>Variables of outer functions, in the order of the captures.</summary>
    public List<(Symbol Source, CaptureSymbol Symbol)> Captures { get; } = [];

    public int NewSlot() => LocalCount++;
}

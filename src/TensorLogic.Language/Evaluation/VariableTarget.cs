using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>A variable that a statement sets.</summary>
internal abstract class VariableTarget(string name)
{
    public string Name => name;

    /// <summary>The declared type, or null.</summary>
    public abstract DeclaredType? TypeOf(Frame f);

    /// <summary>Declares a type, or takes a declaration back.</summary>
    public abstract void SetType(Frame f, DeclaredType? type);

    /// <summary>Unset where there is no value yet.</summary>
    public abstract Value Get(Frame f);

    /// <summary>Sets the value as it is.</summary>
    public abstract void Set(Frame f, Value value);

    /// <summary>Sets the value, converted to the declared type.</summary>
    /// <exception cref="ScriptFault">TL3008.</exception>
    public void Assign(Frame f, Value value) => Set(f, TypeOf(f) is { } type ? type.Convert(f.Run, value, Name) : value);
}

internal sealed class GlobalTarget(string name, int index) : VariableTarget(name)
{
    public override DeclaredType? TypeOf(Frame f) => f.Globals[index].Type;

    public override void SetType(Frame f, DeclaredType? type) => f.Globals[index].Type = type;

    public override Value Get(Frame f) => f.Globals[index].Value;

    public override void Set(Frame f, Value value) => f.Globals[index].Value = value;
}

internal sealed class LocalTarget(LocalSymbol symbol) : VariableTarget(symbol.Name)
{
    public override DeclaredType? TypeOf(Frame f) => symbol.TypeSlot < 0 ? null : f.Locals[symbol.TypeSlot].Content as DeclaredType;

    public override void SetType(Frame f, DeclaredType? type)
    {
        if (symbol.TypeSlot >= 0) f.Locals[symbol.TypeSlot] = type is null ? Value.None : Value.Hidden(type);
    }

    public override Value Get(Frame f) => symbol.IsBoxed ? ((Box)f.Locals[symbol.Slot].Content!).Value : f.Locals[symbol.Slot];

    public override void Set(Frame f, Value value)
    {
        if (symbol.IsBoxed) ((Box)f.Locals[symbol.Slot].Content!).Value = value;
        else f.Locals[symbol.Slot] = value;
    }

    /// <summary>Gives a variable of a new scope its value, in a box of its own if it needs one.</summary>
    public static void Declare(Frame f, LocalSymbol symbol, Value value) => f.Locals[symbol.Slot] = symbol.IsBoxed ? Value.Hidden(new Box { Value = value }) : value;
}

using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>A type as it is declared: names of dimensions are int variables.</summary>
internal sealed class TypeNode(DeclaredType type, (int Axis, ExpressionNode Size)[] names)
{
    public DeclaredType Evaluate(Frame f)
    {
        if (names.Length == 0) return type;
        DeclaredSize[] sizes = [.. type.Sizes!];
        foreach ((int axis, ExpressionNode node) in names)
        {
            Value size = node.Evaluate(f);
            if (Tensors.IntOrNull(size) is not { } number) throw f.Fault(Messages.IndexMustBeInt(size.TypeName), node.Span);
            sizes[axis] = new((int)Math.Clamp(number, 0, int.MaxValue), null);
        }
        return type with { Sizes = sizes };
    }
}

/// <summary><c>let x: type = e</c>, <c>param …</c>, <c>tensor …</c>.</summary>
internal sealed class DeclareNode(SourceSpan span, SourceSpan nameSpan, DeclarationKind kind, VariableTarget target, TypeNode? type, ExpressionNode? value, bool keepsReference) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        try
        {
            DeclaredType? declared = type?.Evaluate(f);
            Value result = value?.Evaluate(f) ?? Zeros(f, declared);
            bool learnable = kind is DeclarationKind.Parameter or DeclarationKind.LearnableTensor;
            if (!keepsReference && result.Content is Learnable copied) result = copied.Current;
            if (declared is not null) result = declared.Convert(f.Run, result, target.Name);
            if (learnable) result = Value.Of(new Learnable(GradientFunctions.Initial(f.Run.Functions, Tensors.Of(f.Run, result, kind == DeclarationKind.Parameter ? "param" : "learnable")), target.Name));
            target.Set(f, result);
            target.SetType(f, declared);
            return Flow.Next;
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, nameSpan);
        }
    }

    private static Value Zeros(Frame f, DeclaredType? declared)
    {
        if (declared?.Sizes is { } sizes && declared.Element is { } element)
        {
            Int128 bytes = element.Bits / 8;
            foreach (DeclaredSize size in sizes) bytes = bytes > long.MaxValue ? bytes : bytes * (size.Size ?? 1);
            f.Run.Reserve(bytes);
        }
        return declared?.Zeros() ?? throw new ScriptFault(Messages.SizeNotKnown("?"));
    }
}

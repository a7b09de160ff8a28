using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Equations;

/// <summary>An index variable of one equation.</summary>
/// <param name="Id">Its label among the axes of the equation's tensors.</param>
/// <param name="Name">As written.</param>
/// <param name="DeclaredSize">The size of <c>index i: n</c>, or null.</param>
internal sealed record IndexVariable(int Id, string Name, ExpressionNode? DeclaredSize);

/// <summary>A subscript of a tensor in an equation (8.3).</summary>
internal abstract class EquationSubscript(SourceSpan span)
{
    public SourceSpan Span => span;

    /// <summary>Index variables, each once for each occurrence.</summary>
    public virtual IEnumerable<IndexVariable> Indices => [];

    /// <summary>Tensors inside an index expression.</summary>
    public virtual IEnumerable<TensorTerm> Tensors => [];
}

/// <summary>A value: a point of the axis. Strings are entities.</summary>
internal sealed class PointSubscript(SourceSpan span, ExpressionNode value) : EquationSubscript(span)
{
    public ExpressionNode Value => value;
}

/// <summary>A bare index: the axis runs with it.</summary>
internal sealed class BareSubscript(SourceSpan span, IndexVariable index) : EquationSubscript(span)
{
    public IndexVariable Index => index;

    public override IEnumerable<IndexVariable> Indices => [index];
}

/// <summary>An index expression.</summary>
internal sealed class ExpressionSubscript(SourceSpan span, IndexExpressionNode expression) : EquationSubscript(span)
{
    public IndexExpressionNode Expression => expression;

    public override IEnumerable<IndexVariable> Indices => expression.Indices;

    public override IEnumerable<TensorTerm> Tensors => expression.Tensors;
}

/// <summary><c>*t</c> or <c>*t+1</c>: names no axis (8.9).</summary>
internal sealed class VirtualSubscript(SourceSpan span, IndexVariable index, bool isNext) : EquationSubscript(span)
{
    public IndexVariable Index => index;

    public bool IsNext => isNext;
}

using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>A relation named as a value.</summary>
internal sealed class RelationReferenceNode(SourceSpan span, string relation) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f) => Value.Of(new RelationValue(relation, f.Run.Database.Find(relation)?.Arity ?? 0));
}

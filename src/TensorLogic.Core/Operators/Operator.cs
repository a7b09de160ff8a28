using System.Collections.Immutable;

namespace TensorLogic.Operators;

/// <summary>Settings of a node that are always constant. What any opset allows to vary is an input instead.</summary>
public abstract record OperatorAttributes;

/// <summary>An operator without settings.</summary>
public sealed record NoAttributes : OperatorAttributes
{
    /// <summary>The only value needed.</summary>
    public static NoAttributes Value { get; } = new();
}

/// <summary>A named input of an operator.</summary>
/// <param name="Name">MIL's name.</param>
/// <param name="Types">Element types that are legal here.</param>
/// <param name="Optional">May be left out.</param>
/// <param name="Variadic">Stands for all further inputs; only the last may.</param>
public sealed record OperatorInput(string Name, ElementTypes Types, bool Optional = false, bool Variadic = false);

/// <summary>Sets of element types.</summary>
[Flags]
public enum ElementTypes
{
    /// <summary>f16, bf16, f32, f64.</summary>
    Floats = 1,
    /// <summary>i8 to u64.</summary>
    Integers = 2,
    /// <summary>bool.</summary>
    Bool = 4,
    /// <summary>Types that can only be stored: sub-byte integers and small floats.</summary>
    StorageOnly = 8,
    /// <summary>Floats and integers.</summary>
    Numbers = Floats | Integers,
    /// <summary>All types that can be computed with.</summary>
    Any = Floats | Integers | Bool,
}

/// <summary>An operator of the op table: one object for each, compared by reference.</summary>
public abstract class Operator
{
    private protected Operator(string name) => Name = name;

    /// <summary>MIL's name where MIL has the operator, else ONNX's in snake_case.</summary>
    public string Name { get; }

    /// <summary>Inputs in order.</summary>
    public required ImmutableArray<OperatorInput> Inputs { get; init; }

    /// <summary>True if equal inputs need not give equal outputs, or a state is written: such nodes are neither folded nor removed.</summary>
    public bool HasEffects { get; init; }

    /// <summary>Types of the outputs.</summary>
    /// <exception cref="ShapeException">The inputs do not fit; names operator and input.</exception>
    internal abstract ImmutableArray<ValueType> Infer(InferenceContext context, OperatorAttributes attributes);

    /// <summary>The reference kernel: computes the outputs in the plainest way.</summary>
    internal abstract void Evaluate(EvaluationContext context, OperatorAttributes attributes);

    /// <summary>True if gradients flow through this operator.</summary>
    internal abstract bool IsDifferentiable { get; }

    /// <summary>The gradients of the inputs from those of the outputs.</summary>
    internal abstract void Differentiate(GradientContext context, OperatorAttributes attributes);

    /// <inheritdoc/>
    public sealed override string ToString() => Name;
}

/// <summary>An operator with settings of type <typeparamref name="TAttributes"/>.</summary>
internal sealed class Operator<TAttributes>(string name) : Operator(name) where TAttributes : OperatorAttributes
{
    /// <summary>Output types from input types, and from input values where they are known.</summary>
    public required Func<InferenceContext, TAttributes, ImmutableArray<ValueType>> InferWith { get; init; }

    /// <summary>The reference kernel.</summary>
    public required Action<EvaluationContext, TAttributes> EvaluateWith { get; init; }

    /// <summary>Sets the gradients of the inputs; null where none flow.</summary>
    public Action<GradientContext, TAttributes>? DifferentiateWith { get; init; }

    internal override bool IsDifferentiable => DifferentiateWith is not null;

    internal override void Differentiate(GradientContext context, OperatorAttributes attributes) => DifferentiateWith!(context, (TAttributes)attributes);

    internal override ImmutableArray<ValueType> Infer(InferenceContext context, OperatorAttributes attributes) => InferWith(context, (TAttributes)attributes);

    internal override void Evaluate(EvaluationContext context, OperatorAttributes attributes) => EvaluateWith(context, (TAttributes)attributes);
}

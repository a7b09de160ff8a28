using System.Collections.Immutable;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>Runs a single operator by its reference kernel, in the element types that its inputs have.</summary>
internal static class OperatorRun
{
    /// <exception cref="ShapeException">The inputs do not fit the operator.</exception>
    public static Tensor[] Evaluate(Operator @operator, OperatorAttributes attributes, Tensor?[] inputs, string name, CancellationToken cancellation)
    {
        InferenceContext inference = new(@operator, name, null, [.. inputs.Select(input => input is null ? null : new TensorValueType(input.Type))], inputs);
        inference.CheckSignature();
        ImmutableArray<ValueType> types = @operator.Infer(inference, attributes);
        Context context = new(@operator, name, inputs, types, cancellation);
        @operator.Evaluate(context, attributes);
        return context.Outputs!;
    }

    private sealed class Context(Operator @operator, string name, Tensor?[] inputs, ImmutableArray<ValueType> types, CancellationToken cancellation) : EvaluationContext
    {
        public Tensor[] Outputs { get; } = new Tensor[types.Length];

        public override int InputCount => inputs.Length;

        public override bool Has(int index) => index < inputs.Length && inputs[index] is not null;

        public override Tensor Input(int index) => inputs[index]!;

        public override Tensor Output(int index, Shape shape) => Outputs[index] = Tensor.Create(((TensorValueType)types[index]).Tensor.ElementType, shape);

        // What is handed out must not change with the input that it may be a view of.
        public override void SetOutput(int index, Tensor tensor)
        {
            Outputs[index] = tensor.Clone();
            tensor.Dispose();
        }

        public override TensorList InputList(int index) => throw Lists();

        public override void SetOutput(int index, TensorList list) => throw Lists();

        public override Tensor State(int index) => throw new UnsupportedOperatorException(@operator.Name, "states exist in models only");

        public override object[] RunSubgraph(int subgraph, ReadOnlySpan<object> inputs) => throw new UnsupportedOperatorException(@operator.Name, "branches and loops exist in models only");

        public override Random Random => Random.Shared;

        public override CancellationToken Cancellation => cancellation;

        public override ShapeException Error(int index, string actual, string expected) =>
            new() { Operator = @operator.Name, Node = name, Input = @operator.Inputs[Math.Min(index, @operator.Inputs.Length - 1)].Name, Actual = actual, Expected = expected };

        private UnsupportedOperatorException Lists() => new(@operator.Name, "lists exist in models only");
    }
}

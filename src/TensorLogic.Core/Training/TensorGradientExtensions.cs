using TensorLogic.Training;

namespace TensorLogic;

/// <summary>Gradients of tensors.</summary>
/// <example><code>
/// TensorFunctions f = runtime.CreateFunctions();
/// Tensor w = Tensor.FromSpan([1f, 2f], [2]);
/// w.RequiresGrad = true;
/// Tensor loss = f.Sum(f.Square(w));
/// loss.Backward();
/// Tensor gradient = w.Grad!;   // [2, 4]
/// </code></example>
public static class TensorGradientExtensions
{
    extension(Tensor tensor)
    {
        /// <summary>True for a tensor that gradients are taken with respect to, and for results of <see cref="TensorFunctions"/> that depend on one.</summary>
        /// <exception cref="InvalidOperationException">Set on a result, or on a tensor whose elements are not floats.</exception>
        public bool RequiresGrad
        {
            get => tensor.History is not null;
            set
            {
                if (tensor.History is NodeOutput) throw new InvalidOperationException("The tensor is a result: its gradient follows from its operands. Set RequiresGrad on those.");
                if (value && !tensor.ElementType.IsFloat) throw new InvalidOperationException($"A tensor of {tensor.ElementType.Name} has no gradient. Convert it to a float type.");
                if (!value) tensor.History = null;
                else tensor.History ??= new GradientLeaf(tensor);
            }
        }

        /// <summary>The gradient that <see cref="Backward"/> has summed up: the tensor's shape, f32, or f64 for an f64 tensor. Set null to start afresh.</summary>
        public Tensor? Grad
        {
            get => (tensor.History as GradientLeaf)?.Gradient;
            set
            {
                if (tensor.History is not GradientLeaf leaf) throw new InvalidOperationException("The tensor has no gradient. Set RequiresGrad first.");
                leaf.Gradient = value;
            }
        }

        /// <summary>Adds the gradients of this tensor to <c>Grad</c> of every tensor it depends on that requires one.</summary>
        /// <exception cref="InvalidOperationException">More than one element, or no such tensor.</exception>
        public void Backward()
        {
            if (tensor.ElementCount != 1) throw new InvalidOperationException($"Gradients are taken of one element; the tensor is {tensor}. Sum it first.");
            if (tensor.History is not NodeOutput { Node.Runner: var runner }) throw new InvalidOperationException("The tensor depends on none that requires a gradient.");
            IReadOnlyList<object> keys = Gradients.KeysOf(tensor);
            Tensor?[] gradients = Gradients.Of(runner, tensor, keys);
            for (int i = 0; i < keys.Count; i++)
            {
                if (keys[i] is not Tensor { History: GradientLeaf leaf } || gradients[i] is not { } gradient) continue;
                leaf.Gradient = leaf.Gradient is { } before ? runner.Run(Operators.Op.Add, Operators.NoAttributes.Value, before, gradient) : gradient;
            }
        }

        /// <summary>The same elements without a history: gradients do not flow through it. No copy.</summary>
        public Tensor Detach() => tensor.View(tensor.Shape, tensor.Strides.ToArray(), tensor.Offset);
    }
}

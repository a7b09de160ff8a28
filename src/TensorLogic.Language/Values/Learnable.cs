using TensorLogic.Training;

namespace TensorLogic.Language.Values;

/// <summary>A learnable tensor: a reference whose value optimisers and <c>assign</c> replace.</summary>
/// <remarks>A value is never written to; copies taken before a step keep theirs, and still count as this learnable for gradients.</remarks>
internal sealed class Learnable : IContent
{
    public Learnable(Tensor value, string name, Domain? domain = null)
    {
        Name = name;
        Domain = domain;
        Current = Leaf(value);
    }

    private Learnable(Learnable original)
    {
        Name = original.Name;
        Domain = original.Domain;
        Current = Leaf(original.Current);
    }

    public ValueKind Kind => ValueKind.Tensor;

    /// <summary>The variable it was declared as, for errors.</summary>
    public string Name { get; }

    /// <summary>Names of the rows of an embedding.</summary>
    public Domain? Domain { get; }

    public Tensor Current { get; private set; }

    public void Set(Tensor value) => Current = Leaf(value);

    /// <summary>Another learnable with the present value.</summary>
    public Learnable Copy() => new(this);

    private Tensor Leaf(Tensor value)
    {
        Tensor leaf = value.Detach();
        leaf.History = new GradientLeaf(this);
        return leaf;
    }
}

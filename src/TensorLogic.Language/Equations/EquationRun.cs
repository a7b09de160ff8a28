using TensorLogic.Functions;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Equations;

/// <summary>One evaluation of an equation: what its tensors are, how large its indices, and which of them stand still.</summary>
internal sealed class EquationRun(Frame frame, Equation equation)
{
    private readonly Tensor?[] _tensors = new Tensor?[equation.Tensors.Length];
    private readonly Value[] _values = new Value[equation.Values.Length];

    public Frame Frame => frame;

    public RunState Run => frame.Run;

    public TensorFunctions F => frame.Run.Functions;

    public Equation Equation => equation;

    /// <summary>Sizes by index; -1 where not known.</summary>
    public long[] Sizes { get; } = [.. Enumerable.Repeat(-1L, equation.Indices.Length)];

    /// <summary>Values of indices that a recurrence has bound; -1 for those that run.</summary>
    public long[] Fixed { get; } = [.. Enumerable.Repeat(-1L, equation.Indices.Length)];

    /// <summary>f64 if an operand is, else f32 (8.11).</summary>
    public ElementType FloatType { get; private set; } = ElementType.Float32;

    public bool IsFixed(IndexVariable index) => Fixed[index.Id] >= 0;

    /// <summary>Takes the values of all tensors and plain expressions, once.</summary>
    public void Prepare()
    {
        foreach (TensorTerm term in equation.Tensors)
            if (!term.IsOwn) Set(term, term.Target.Evaluate(frame));
        foreach (PlainTerm value in equation.Values)
        {
            _values[value.Slot] = value.Expression.Evaluate(frame);
            if (_values[value.Slot].TensorOrNull is { ElementType: ElementType.Float64 }) FloatType = ElementType.Float64;
        }
    }

    private void Set(TensorTerm term, Value value)
    {
        if (value.Kind is not (ValueKind.Tensor or ValueKind.List or ValueKind.Relation)) throw frame.Fault(Messages.EquationNeedsTensor(term.Name, value.TypeName), term.NameSpan);
        try
        {
            SetTensor(term, Tensors.Of(Run, value));
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw frame.Fault(problem, term.NameSpan);
        }
        term.Check(this, _tensors[term.Slot]!);
    }

    /// <summary>Gives the tensor of the left side to its own accesses.</summary>
    public void SetOwn(Tensor tensor)
    {
        foreach (TensorTerm term in equation.Tensors)
            if (term.IsOwn)
            {
                SetTensor(term, tensor);
                term.Check(this, tensor);
            }
    }

    private void SetTensor(TensorTerm term, Tensor tensor)
    {
        _tensors[term.Slot] = tensor;
        if (tensor.ElementType == ElementType.Float64) FloatType = ElementType.Float64;
    }

    public Tensor TensorOf(TensorTerm term) => _tensors[term.Slot]!;

    public Value ValueOf(PlainTerm value) => _values[value.Slot];

    /// <summary>As it is computed: floats of 32 or 64 bits, ints of 64; bool stays.</summary>
    public Tensor Computed(Tensor tensor) => tensor.ElementType == ElementType.Bool ? tensor : F.Cast(tensor, tensor.ElementType.IsFloat ? FloatType : ElementType.Int64);

    /// <summary>A number as it is computed.</summary>
    public Labelled Constant(Value number) => new(number.IsFloat ? TensorLiteral.OfScalar(number, FloatType) : TensorLiteral.OfScalar(number, ElementType.Int64), []);

    /// <summary>Both in one type: floats if one is, else ints.</summary>
    public (Tensor X, Tensor Y) Matched(Tensor x, Tensor y)
    {
        ElementType type = x.ElementType.IsFloat || y.ElementType.IsFloat ? FloatType : ElementType.Int64;
        return (F.Cast(x, type), F.Cast(y, type));
    }

    /// <summary>All labels of two tensors, those of the first first.</summary>
    public static int[] Union(int[] a, int[] b) => b.All(label => a.Contains(label)) ? a : [.. a, .. b.Except(a)];

    /// <summary>The axes in this order, with size 1 for labels that the tensor lacks.</summary>
    public Tensor Aligned(Labelled x, int[] labels) => x.Labels.AsSpan().SequenceEqual(labels) ? x.Tensor : Contraction.Align(F, x, labels);

    /// <summary>The axes in this order, repeated to the sizes of their indices.</summary>
    public Tensor Spread(Labelled x, int[] labels) => F.Broadcast(Aligned(x, labels), Shape.Create([.. labels.Select(label => checked((int)Sizes[label]))]));
}

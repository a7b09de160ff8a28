using TensorLogic.Operators;
using static TensorLogic.Tests.Operators.OperatorRun;

namespace TensorLogic.Tests.Operators;

/// <summary>Orders, ranges and found elements by hand.</summary>
public sealed class SortingTests
{
    [Test]
    public void Topk_gives_the_largest_elements_and_their_indices() =>
        Assert.That(Outputs(Op.TopK, new Op.TopKAttributes(2), Floats([4], 1, 5, 3, 5)), Is.EqualTo(new double[][] { [5, 5], [1, 3] }));

    [Test]
    public void Argsort_keeps_the_order_of_equal_elements() =>
        Assert.That(Output(Op.Argsort, new Op.ArgsortAttributes(-1, true), Floats([4], 2, 1, 2, 0)), Is.EqualTo(new double[] { 3, 1, 0, 2 }));

    [Test]
    public void Non_zero_gives_indices_in_row_major_order() =>
        Assert.That(Output(Op.NonZero, NoAttributes.Value, Floats([2, 2], 0, 1, 2, 0)), Is.EqualTo(new double[] { 0, 1, 1, 0 }));

    [Test]
    public void Range_stops_before_its_end() =>
        Assert.That(Output(Op.Range1d, NoAttributes.Value, Integers([], 7), Integers([], 1), Integers([], 3)), Is.EqualTo(new double[] { 1, 4 }));

    [Test]
    public void Range_refuses_a_step_of_zero() =>
        Assert.That(() => Output(Op.Range1d, NoAttributes.Value, Integers([], 7), Integers([], 1), Integers([], 0)), Throws.TypeOf<ShapeException>());

    [Test]
    public void One_hot_leaves_indices_out_of_range_off() =>
        Assert.That(Output(Op.OneHot, new Op.OneHotAttributes(-1), Integers([3], 1, -1, 2), Integers([], 2), Integers([], 1), Integers([], 0)), Is.EqualTo(new double[] { 0, 1, 0, 0, 0, 0 }));

    [Test]
    public void Suppression_drops_the_box_that_overlaps_a_better_one() =>
        Assert.That(Outputs(Op.NonMaximumSuppression, new Op.SuppressionAttributes(0.5, 0, 3, false, false), Floats([1, 3, 4], 0, 0, 2, 2, 0.1f, 0, 2, 2, 9, 9, 2, 2), Floats([1, 3, 1], 0.5f, 0.9f, 0.1f))[2],
            Is.EqualTo(new double[] { 1, 2, -1 }));

    [Test]
    public void Band_part_keeps_the_diagonals_asked_for() =>
        Assert.That(Output(Op.BandPart, new Op.BandPartAttributes(0, 1), Counting(3, 3)), Is.EqualTo(new double[] { 0, 1, 0, 0, 4, 5, 0, 0, 8 }));

    [Test]
    public void Reverse_sequence_reverses_the_first_elements_of_each_sequence() =>
        Assert.That(Output(Op.ReverseSequence, new Op.ReverseSequenceAttributes(1, 0), Counting(2, 3), Integers([2], 2, 3)), Is.EqualTo(new double[] { 1, 0, 2, 5, 4, 3 }));
}

using TensorLogic.Operators;
using static TensorLogic.Tests.Operators.OperatorRun;

namespace TensorLogic.Tests.Operators;

/// <summary>Gathers and scatters by hand.</summary>
public sealed class IndexingTests
{
    [Test]
    public void Gather_along_axis_replaces_the_index_along_the_axis() =>
        Assert.That(Output(Op.GatherAlongAxis, new Op.GatherAttributes(1), Floats([2, 2], 1, 2, 3, 4), Integers([2, 2], 0, 0, -1, 0)), Is.EqualTo(new double[] { 1, 1, 4, 3 }));

    [Test]
    public void Gather_nd_selects_slices_by_vectors_of_indices() =>
        Assert.That(Output(Op.GatherNd, new Op.GatherNdAttributes(), Counting(2, 2, 2), Integers([2, 2], 0, 1, 1, 0)), Is.EqualTo(new double[] { 2, 3, 4, 5 }));

    [Test]
    public void Gather_nd_selects_within_each_batch() =>
        Assert.That(Output(Op.GatherNd, new Op.GatherNdAttributes(1), Counting(2, 2, 2), Integers([2, 1], 1, 0)), Is.EqualTo(new double[] { 2, 3, 4, 5 }));

    [TestCase(nameof(Op.ScatterMode.Update), 9, 20)]
    [TestCase(nameof(Op.ScatterMode.Add), 26, 20)]
    [TestCase(nameof(Op.ScatterMode.Sub), -6, 20)]
    [TestCase(nameof(Op.ScatterMode.Mul), 630, 20)]
    [TestCase(nameof(Op.ScatterMode.Max), 10, 20)]
    [TestCase(nameof(Op.ScatterMode.Min), 7, 20)]
    public void Scatter_meets_repeated_indices_one_after_another(string mode, double first, double second) =>
        Assert.That(Output(Op.Scatter, new Op.ScatterAttributes(0, Enum.Parse<Op.ScatterMode>(mode)), Floats([2], 10, 20), Integers([2], 0, 0), Floats([2], 7, 9)), Is.EqualTo(new[] { first, second }));

    [Test]
    public void Scatter_along_axis_changes_what_gather_along_axis_selects() =>
        Assert.That(Output(Op.ScatterAlongAxis, new Op.ScatterAttributes(0, Op.ScatterMode.Update), Floats([2, 2], 0, 0, 0, 0), Integers([1, 2], 1, 0), Floats([1, 2], 5, 6)), Is.EqualTo(new double[] { 0, 6, 5, 0 }));

    [Test]
    public void Scatter_nd_changes_slices() =>
        Assert.That(Output(Op.ScatterNd, new Op.ScatterAttributes(), Floats([2, 2], 1, 2, 3, 4), Integers([1, 1], 1), Floats([1, 2], 10, 20)), Is.EqualTo(new double[] { 1, 2, 13, 24 }));

    [TestCase(2)]
    [TestCase(-3)]
    [TestCase(int.MinValue)]
    public void An_index_outside_of_its_axis_is_an_error_that_names_it(int index) =>
        Assert.That(() => Output(Op.Scatter, new Op.ScatterAttributes(), Floats([2], 1, 2), Integers([1], index), Floats([1], 1)), Throws.TypeOf<ShapeException>().With.Message.Contains($"{index}"));

    [Test]
    public void Slice_update_replaces_every_second_element() =>
        Assert.That(Output(Op.SliceUpdate, new Op.SliceByIndexAttributes([2], [], [], []), Counting(5), Floats([3], 7, 8, 9), Integers([1], 0), Integers([1], 5)), Is.EqualTo(new double[] { 7, 1, 8, 3, 9 }));
}

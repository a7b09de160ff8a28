namespace TensorLogic.Tests.Tensors;

/// <summary>Views against plain index arithmetic.</summary>
public sealed class TensorViewsTests
{
    private static Tensor<int> Counting(params int[] sizes) => Tensor.FromSpan(Enumerable.Range(0, sizes.Aggregate(1, (x, y) => x * y)).ToArray(), Shape.Create(sizes));

    [Test]
    public void A_slice_with_a_step_takes_every_so_many_elements_of_its_axis([Range(0, 4)] int start, [Values(-2, -1, 1, 3)] int step)
    {
        using Tensor<int> tensor = Counting(2, 5, 3);
        int length = step > 0 ? (4 - start) / step + 1 : start / -step + 1;
        using var slice = tensor.Slice(1, start, length, step).As<int>();

        Assert.That(slice.ToArray(), Is.EqualTo(
            from i in Enumerable.Range(0, 2)
            from j in Enumerable.Range(0, length)
            from k in Enumerable.Range(0, 3)
            select (i * 5 + start + j * step) * 3 + k));
    }

    [Test]
    public void A_slice_of_a_slice_counts_from_the_slice()
    {
        using Tensor<int> tensor = Counting(10);
        using Tensor outer = tensor.Slice(0, 8, 4, -2);
        using var inner = outer.Slice(0, 1, 2, 2).As<int>();

        Assert.That(inner.ToArray(), Is.EqualTo(new[] { 6, 2 }));
    }

    [Test]
    public void An_empty_slice_has_no_elements_wherever_it_starts()
    {
        using Tensor<int> tensor = Counting(3);
        using var empty = tensor.Slice(0, 7, 0).As<int>();

        Assert.That((empty.Shape, empty.ToArray().Length), Is.EqualTo((Shape.Create(0), 0)));
    }

    [TestCase(-1, 1, 1)]
    [TestCase(0, 2, -1)]
    [TestCase(2, 2, int.MaxValue)]
    [TestCase(int.MaxValue, 1, 1)]
    [TestCase(0, int.MaxValue, int.MaxValue)]
    public void A_slice_that_leaves_its_axis_is_refused(int start, int length, int step)
    {
        using Tensor<int> tensor = Counting(3);

        Assert.That(() => tensor.Slice(0, start, length, step), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_slice_without_a_step_or_with_a_negative_length_is_refused()
    {
        using Tensor<int> tensor = Counting(3);

        Assert.Multiple(() =>
        {
            Assert.That(() => tensor.Slice(0, 0, 1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => tensor.Slice(0, 0, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [TestCase(3)]
    [TestCase(-1)]
    public void Select_of_an_index_outside_its_axis_is_refused(int index)
    {
        using Tensor<int> tensor = Counting(2, 3);

        Assert.That(() => tensor.Select(1, index), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase(0, 0)]
    [TestCase(0, 1, 2, 3)]
    [TestCase(0)]
    public void Transpose_wants_every_axis_once(params int[] permutation)
    {
        using Tensor<int> tensor = Counting(2, 3);

        Assert.That(() => tensor.Transpose(permutation), Throws.InstanceOf<ArgumentException>());
    }

    // Every way to group the 24 elements, from every order of the axes: the elements keep their row-major order.
    [Test]
    public void Reshape_keeps_the_row_major_order_of_any_view(
        [Values("0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0")] string order,
        [Values("24", "2,12", "12,2", "4,6", "3,8", "2,3,4", "4,3,2", "1,24,1", "2,1,3,1,4", "2,2,2,3", "-1", "-1,8", "6,-1,1")] string shape)
    {
        using Tensor<int> tensor = Counting(2, 3, 4);
        using Tensor view = tensor.Transpose([.. order.Split(',').Select(int.Parse)]);
        using var reshaped = view.Reshape([.. shape.Split(',').Select(int.Parse)]).As<int>();

        Assert.That(reshaped.ToArray(), Is.EqualTo(view.As<int>().ToArray()));
    }

    [TestCase(5)]
    [TestCase(-1, 5)]
    [TestCase(-1, 0)]
    [TestCase(-1, -1)]
    [TestCase(-2, 3)]
    [TestCase(int.MaxValue, int.MaxValue, int.MaxValue)]
    public void Reshape_to_another_number_of_elements_is_refused(params int[] shape)
    {
        using Tensor<int> tensor = Counting(2, 3);

        Assert.That(() => tensor.Reshape(shape), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Reshape_of_an_empty_tensor_keeps_it_empty()
    {
        using Tensor<int> tensor = Counting(0, 3);
        using Tensor reshaped = tensor.Reshape(5, 0);

        Assert.That((reshaped.Shape, reshaped.ElementCount), Is.EqualTo((Shape.Create(5, 0), 0L)));
    }

    [Test]
    public void Reshape_of_a_broadcast_tensor_repeats_its_elements()
    {
        using Tensor<int> tensor = Counting(2, 1);
        using Tensor wide = tensor.BroadcastTo([2, 3]);
        using var flat = wide.Reshape(-1).As<int>();

        Assert.That(flat.ToArray(), Is.EqualTo(new[] { 0, 0, 0, 1, 1, 1 }));
    }

    [TestCase(0, "[1, 2, 3]")]
    [TestCase(2, "[2, 3, 1]")]
    [TestCase(-1, "[2, 3, 1]")]
    [TestCase(-3, "[1, 2, 3]")]
    public void Expand_dims_inserts_an_axis_at_its_place_in_the_result(int axis, string shape)
    {
        using Tensor<int> tensor = Counting(2, 3);
        using Tensor expanded = tensor.ExpandDims(axis);

        Assert.That(expanded.Shape.ToString(), Is.EqualTo(shape));
    }

    [Test]
    public void Squeeze_drops_all_axes_of_size_1_or_those_named()
    {
        using Tensor<int> tensor = Counting(1, 2, 1);
        using Tensor all = tensor.Squeeze(), last = tensor.Squeeze(-1);

        Assert.That((all.Shape, last.Shape), Is.EqualTo((Shape.Create(2), Shape.Create(1, 2))));
    }

    [Test]
    public void Squeeze_of_an_axis_that_is_not_1_is_refused()
    {
        using Tensor<int> tensor = Counting(1, 2);

        Assert.That(() => tensor.Squeeze(1), Throws.ArgumentException);
    }

    [TestCase(2, 2)]
    [TestCase(3)]
    [TestCase(int.MaxValue, int.MaxValue, int.MaxValue, 2, 3)]
    public void Broadcasting_to_a_shape_that_does_not_fit_is_refused(params int[] shape)
    {
        using Tensor<int> tensor = Counting(2, 3);

        Assert.That(() => tensor.BroadcastTo(Shape.Create(shape)), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void A_column_of_a_broadcast_transposed_slice_is_cloned_in_row_major_order()
    {
        using Tensor<int> tensor = Counting(3, 4);
        using Tensor slice = tensor.Slice(1, 3, 2, -2), turned = slice.Transpose(1, 0), expanded = turned.ExpandDims(1), wide = expanded.BroadcastTo([2, 2, 3]);
        using var copy = wide.Clone().As<int>();

        Assert.That(copy.ReadOnlySpan.ToArray(), Is.EqualTo(new[] { 3, 7, 11, 3, 7, 11, 1, 5, 9, 1, 5, 9 }));
    }

    [Test]
    public void Copying_into_a_view_writes_only_its_elements()
    {
        using Tensor<int> tensor = Tensor<int>.Create([2, 3]);
        using Tensor column = tensor.Slice(1, 1, 1);
        using Tensor<short> values = Tensor.FromSpan<short>([7, 8], [2, 1]);
        values.CopyTo(column);

        Assert.That(tensor.ToArray(), Is.EqualTo(new[] { 0, 7, 0, 0, 8, 0 }));
    }

    [Test]
    public void Views_of_packed_elements_are_refused_but_for_reshape()
    {
        using Tensor packed = Tensor.Create(ElementType.Int4, [2, 2]);
        using Tensor flat = packed.Reshape(4);

        Assert.Multiple(() =>
        {
            Assert.That(flat.Shape, Is.EqualTo(Shape.Create(4)));
            Assert.That(() => packed.Transpose(1, 0), Throws.InstanceOf<NotSupportedException>());
            Assert.That(() => packed.Slice(0, 1, 1), Throws.InstanceOf<NotSupportedException>());
            Assert.That(() => packed.BroadcastTo([2, 2, 2]), Throws.InstanceOf<NotSupportedException>());
        });
    }

    [Test]
    public void Tensor_spans_of_the_framework_see_scalars_empty_and_broadcast_tensors()
    {
        using Tensor<int> scalar = Tensor.Scalar(7), empty = Counting(0, 2), pair = Counting(2, 1);
        using var wide = pair.BroadcastTo([2, 3]).As<int>();
        int[] elements = new int[6];
        wide.AsReadOnlyTensorSpan().FlattenTo(elements);

        Assert.Multiple(() =>
        {
            Assert.That((int)scalar.AsReadOnlyTensorSpan().FlattenedLength, Is.EqualTo(1));
            Assert.That((int)empty.AsReadOnlyTensorSpan().FlattenedLength, Is.Zero);
            Assert.That(elements, Is.EqualTo(new[] { 0, 0, 0, 1, 1, 1 }));
        });
    }

    [TestCase(0, 2)]
    [TestCase(-1, 0)]
    public void An_index_outside_its_axis_is_refused(int row, int column)
    {
        using Tensor<int> tensor = Counting(2, 2);

        Assert.That(() => tensor[row, column], Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}

namespace TensorLogic.Tests.Tensors;

public sealed class TensorTests
{
    [Test]
    public void A_new_tensor_is_zero()
    {
        using Tensor<Half> tensor = Tensor<Half>.Create([2, 3]);

        Assert.That(tensor.ToArray(), Is.All.EqualTo(Half.Zero));
    }

    [Test]
    public void A_slice_shares_storage_with_its_tensor()
    {
        using Tensor<int> tensor = Tensor.FromSpan([0, 1, 2, 3, 4, 5], [2, 3]);
        using var column = tensor.Slice(1, 2, 1).As<int>();
        tensor[1, 2] = 50;

        Assert.That(column.ToArray(), Is.EqualTo(new[] { 2, 50 }));
    }

    [Test]
    public void A_view_outlives_the_tensor_it_came_from()
    {
        Tensor<int> tensor = Tensor.FromSpan([0, 1, 2, 3], [2, 2]);
        using var row = tensor.Select(0, 1).As<int>();
        tensor.Dispose();

        Assert.That(row.ToArray(), Is.EqualTo(new[] { 2, 3 }));
    }

    [Test]
    public void A_disposed_tensor_cannot_be_read()
    {
        Tensor<int> tensor = Tensor.FromSpan([0, 1], [2]);
        tensor.Dispose();

        Assert.That(() => tensor.ToArray(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Transpose_names_the_source_axis_of_each_result_axis()
    {
        using Tensor<int> tensor = Tensor.FromSpan(Enumerable.Range(0, 24).ToArray(), [2, 3, 4]);
        using var turned = tensor.Transpose(2, 0, 1).As<int>();

        Assert.That((turned.Shape, turned[3, 1, 2]), Is.EqualTo((Shape.Create(4, 2, 3), 23)));
    }

    [TestCase(new[] { 6, 4 }, ExpectedResult = false)]
    [TestCase(new[] { 4, 6 }, ExpectedResult = true)]
    [TestCase(new[] { 4, 2, 3 }, ExpectedResult = true)]
    [TestCase(new[] { 24 }, ExpectedResult = false)]
    public bool Reshape_of_a_transposed_tensor_copies_only_where_strides_cannot_express_it(int[] shape)
    {
        using Tensor<int> tensor = Tensor.FromSpan(Enumerable.Range(0, 24).ToArray(), [6, 4]);
        using Tensor turned = tensor.Transpose(1, 0);
        using var reshaped = turned.Reshape(shape).As<int>();

        Assert.That(reshaped.ToArray(), Is.EqualTo(turned.As<int>().ToArray()));
        return ReferenceEquals(reshaped.Storage, tensor.Storage);
    }

    [Test]
    public void A_negative_step_walks_backwards()
    {
        using Tensor<int> tensor = Tensor.FromSpan([0, 1, 2, 3, 4], [5]);
        using var reversed = tensor.Slice(0, 4, 3, -2).As<int>();

        Assert.That(reversed.ToArray(), Is.EqualTo(new[] { 4, 2, 0 }));
    }

    [Test]
    public void Broadcasting_repeats_without_copying()
    {
        using Tensor<int> tensor = Tensor.FromSpan([1, 2], [2, 1]);
        using var wide = tensor.BroadcastTo([3, 2, 2]).As<int>();

        Assert.That((wide.ToArray(), ReferenceEquals(wide.Storage, tensor.Storage)), Is.EqualTo((new[] { 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2 }, true)));
    }

    [Test]
    public void A_slice_outside_the_axis_is_refused()
    {
        using Tensor<int> tensor = Tensor.FromSpan([0, 1, 2], [3]);

        Assert.That(() => tensor.Slice(0, 1, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void An_array_is_wrapped_without_a_copy()
    {
        float[] array = [1, 2, 3];
        using Tensor<float> tensor = Tensor.FromArray(array, [3]);
        array[1] = 20;

        Assert.That(tensor[1], Is.EqualTo(20f));
    }

    [Test]
    public void Tensor_spans_of_the_framework_see_the_same_elements_through_strides()
    {
        using Tensor<float> tensor = Tensor.FromSpan([0f, 1, 2, 3, 4, 5], [2, 3]);
        using var turned = tensor.Transpose(1, 0).As<float>();

        Assert.That(turned.AsReadOnlyTensorSpan()[[2, 1]], Is.EqualTo(5f));
    }
}

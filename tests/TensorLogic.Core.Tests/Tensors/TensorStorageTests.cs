using System.Runtime.CompilerServices;

namespace TensorLogic.Tests.Tensors;

/// <summary>How long storage lives, and who may write into it.</summary>
public sealed class TensorStorageTests
{
    [Test]
    public void Storage_is_freed_with_its_last_tensor()
    {
        Tensor<int> tensor = Tensor<int>.Create([4]);
        Tensor view = tensor.Slice(0, 1, 2);
        tensor.Dispose();
        bool early = tensor.Storage.IsFreed;
        view.Dispose();

        Assert.That((early, tensor.Storage.IsFreed), Is.EqualTo((false, true)));
    }

    [Test]
    public void Disposing_a_tensor_twice_gives_up_one_hold()
    {
        Tensor<int> tensor = Tensor<int>.Create([4]);
        using Tensor view = tensor.Slice(0, 1, 2);
        tensor.Dispose();
        tensor.Dispose();

        Assert.That(view.Storage.IsFreed, Is.False);
    }

    [Test]
    public void A_disposed_tensor_gives_no_views()
    {
        Tensor<int> tensor = Tensor<int>.Create([4]);
        tensor.Dispose();

        Assert.That(() => tensor.Slice(0, 0, 1), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Elements_start_at_a_multiple_of_64_bytes([Values(1, 5, 1000)] int count)
    {
        using Tensor<byte> tensor = Tensor<byte>.Create([count]);

        Assert.That(Address(tensor) % 64, Is.Zero);
    }

    [Test]
    public void Native_storage_is_zeroed_and_can_be_viewed()
    {
        NativeStorage storage = new(4096, zero: true);
        using Tensor whole = Tensor.Over(storage, ElementType.Float32, [1024]);
        using var part = whole.Slice(0, 1000, 24).As<float>();

        Assert.That(part.ToArray(), Is.All.Zero);
    }

    [Test]
    public void Freed_storage_gives_no_tensors([Values(0L, 1L)] long offset)
    {
        TensorStorage storage = TensorStorage.Allocate(16);
        storage.Release();

        Assert.That(() => Tensor.View(storage, offset, ElementType.Float32, [1]), Throws.InstanceOf<ObjectDisposedException>());
    }

    [TestCase(-1, 4)]
    [TestCase(13, 4)]
    [TestCase(16, 1)]
    [TestCase(0, 17)]
    [TestCase(long.MaxValue, 1)]
    public void A_tensor_outside_its_storage_is_refused(long offset, int bytes)
    {
        TensorStorage storage = TensorStorage.Allocate(16);

        Assert.That(() => Tensor.View(storage, offset, ElementType.UInt8, [bytes]), Throws.ArgumentException);
    }

    [Test]
    public void Elements_at_no_multiple_of_their_size_are_copied()
    {
        TensorStorage storage = TensorStorage.Allocate(8);
        using Tensor<byte> bytes = Tensor.Over(storage, ElementType.UInt8, [8]).As<byte>();
        new byte[] { 9, 1, 0, 0, 0, 2, 0, 0 }.CopyTo(bytes.Span);
        using var number = Tensor.View(storage, 1, ElementType.Int32, []).As<int>();

        Assert.That((number[[]], ReferenceEquals(number.Storage, storage)), Is.EqualTo((1, false)));
    }

    [Test]
    public void A_view_with_strides_cannot_reach_outside_its_storage()
    {
        using Tensor<int> tensor = Tensor<int>.Create([4]);

        Assert.Multiple(() =>
        {
            Assert.That(() => tensor.View([2], [4], 0), Throws.ArgumentException);
            Assert.That(() => tensor.View([2], [-1], 0), Throws.ArgumentException);
            Assert.That(() => tensor.View([1], [1], 4), Throws.ArgumentException);
        });
    }

    [Test]
    public void A_mapped_file_is_read_and_never_written()
    {
        using TemporaryFolder folder = new();
        using Tensor<int> mapped = Mapped(folder, 1, 2);
        using Tensor<int> other = Tensor.FromSpan([3, 4], [2]);

        Assert.Multiple(() =>
        {
            Assert.That(() => mapped[0] = 5, Throws.InvalidOperationException);
            Assert.That(() => mapped.Span[0] = 5, Throws.InvalidOperationException);
            Assert.That(() => { mapped.AsTensorSpan(); }, Throws.InvalidOperationException);
            Assert.That(() => other.CopyTo((Tensor)mapped), Throws.InvalidOperationException);
            Assert.That(mapped.ToArray(), Is.EqualTo(new[] { 1, 2 }));
        });
    }

    [Test]
    public void A_clone_of_a_mapped_tensor_is_writable()
    {
        using TemporaryFolder folder = new();
        using Tensor<int> mapped = Mapped(folder, 1, 2);
        using var clone = mapped.Clone().As<int>();
        clone[0] = 5;

        Assert.That(clone.ToArray(), Is.EqualTo(new[] { 5, 2 }));
    }

    [Test]
    [Platform("Linux")]
    public void A_mapping_that_nobody_disposes_ends_with_the_collector()
    {
        using TemporaryFolder folder = new();
        Forget(folder);
        for (int round = 0; round < 5 && IsMapped(folder); round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.That(IsMapped(folder), Is.False);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(TemporaryFolder folder)
    {
        Tensor<int> mapped = Mapped(folder, 1, 2);
        Assert.That(IsMapped(folder), Is.True);
        GC.KeepAlive(mapped);
    }

    private static bool IsMapped(TemporaryFolder folder) => File.ReadAllText("/proc/self/maps").Contains(folder.Path, StringComparison.Ordinal);

    private static Tensor<int> Mapped(TemporaryFolder folder, params int[] elements)
    {
        string path = folder.Write("elements.bin", System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(elements));
        return (Tensor<int>)Tensor.Over(MappedStorage.Open(path), ElementType.Int32, [elements.Length]);
    }

    private static unsafe long Address(Tensor tensor) => (long)tensor.Pointer;
}

using TensorLogic.Cpu;

namespace TensorLogic.Tests.Cpu;

/// <summary>Memory of the runs of a graph.</summary>
public sealed class ArenaTests
{
    [Test]
    public void What_is_given_back_is_taken_again()
    {
        using Arena arena = new();
        Tensor first = Rent(arena, 1000);
        nint address = Address(first);
        first.Dispose();

        using Tensor second = Rent(arena, 900);

        Assert.That(Address(second), Is.EqualTo(address));
    }

    [Test]
    public void One_slab_takes_the_place_of_several_when_all_is_given_back()
    {
        using Arena arena = new();
        Tensor[] tensors = [Rent(arena, 1000), Rent(arena, 5000), Rent(arena, 300)];
        foreach (Tensor tensor in tensors) tensor.Dispose();

        using Tensor large = Rent(arena, 6000);
        long held = arena.HeldBytes;
        using Tensor small = Rent(arena, 200);

        Assert.That(arena.HeldBytes, Is.EqualTo(held));
    }

    [Test]
    public void Tensors_in_use_never_overlap_whatever_the_order_of_return()
    {
        Random random = new(7);
        using Arena arena = new();
        List<Tensor> used = [];
        for (int i = 0; i < 3000; i++)
        {
            if (used.Count > 0 && random.Next(20) < (i / 100 % 2 == 0 ? 7 : 13))
            {
                int which = random.Next(used.Count);
                used[which].Dispose();
                used.RemoveAt(which);
            }
            else
            {
                used.Add(Rent(arena, 1 + random.Next(4000)));
            }
            (long Start, long End)[] places = [.. used.Select(tensor => ((long)Address(tensor), (long)Address(tensor) + tensor.ElementCount)).Order()];
            Assert.That(places.Zip(places.Skip(1)).All(pair => pair.First.End <= pair.Second.Start), Is.True);
        }
        foreach (Tensor tensor in used) tensor.Dispose();
    }

    [Test]
    public void Tensors_outlive_the_arena()
    {
        Arena arena = new();
        using Tensor tensor = Rent(arena, 1000);

        arena.Dispose();
        tensor.As<byte>().Span.Fill(7);

        Assert.That(tensor.As<byte>().Span.ToArray(), Is.All.EqualTo(7));
        Assert.That(() => Rent(arena, 1), Throws.TypeOf<ObjectDisposedException>());
    }

    private static Tensor Rent(Arena arena, int bytes) => arena.Rent(ElementType.UInt8, Shape.Create(bytes));

    private static unsafe nint Address(Tensor tensor) => (nint)tensor.Pointer;
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace TensorLogic.Language.Logic;

/// <summary>A set of tuples of constants. Rows are only appended, so that those new since some moment are a range of rows.</summary>
internal sealed class TupleSet(int arity)
{
    private int[] _rows = new int[Math.Max(arity, 1) * 4];
    private int[] _table = NewTable(16);
    private readonly Dictionary<ulong, ColumnIndex> _indexes = [];

    public int Arity => arity;

    public int Count { get; private set; }

    public ReadOnlySpan<int> Row(int row) => _rows.AsSpan(row * arity, arity);

    private static int[] NewTable(int size)
    {
        var table = new int[size];
        Array.Fill(table, -1);
        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mix(uint hash, int value)
    {
        hash = (hash ^ (uint)value) * 0x9E3779B1;
        return hash ^ (hash >> 15);
    }

    private static uint Hash(ReadOnlySpan<int> tuple)
    {
        uint hash = 0x811C9DC5;
        foreach (int constant in tuple) hash = Mix(hash, constant);
        return hash;
    }

    public bool Contains(ReadOnlySpan<int> tuple) => PositionOf(tuple) >= 0;

    /// <summary>The row of a tuple; -1 if it is not there.</summary>
    public int PositionOf(ReadOnlySpan<int> tuple)
    {
        uint mask = (uint)_table.Length - 1;
        for (uint at = Hash(tuple) & mask; _table[at] >= 0; at = (at + 1) & mask)
            if (Row(_table[at]).SequenceEqual(tuple)) return _table[at];
        return -1;
    }

    /// <summary>Adds a tuple; false if it is there.</summary>
    public bool Add(ReadOnlySpan<int> tuple)
    {
        uint mask = (uint)_table.Length - 1, at = Hash(tuple) & mask;
        for (; _table[at] >= 0; at = (at + 1) & mask)
            if (Row(_table[at]).SequenceEqual(tuple)) return false;
        if (_rows.Length < (Count + 1) * arity) Array.Resize(ref _rows, _rows.Length * 2);
        tuple.CopyTo(_rows.AsSpan(Count * arity));
        _table[at] = Count++;
        if (Count * 2 > _table.Length) Grow();
        foreach (ColumnIndex index in _indexes.Values) index.Append(Count - 1);
        return true;
    }

    private void Grow()
    {
        _table = NewTable(_table.Length * 2);
        uint mask = (uint)_table.Length - 1;
        for (int row = 0; row < Count; row++)
        {
            uint at = Hash(Row(row)) & mask;
            while (_table[at] >= 0) at = (at + 1) & mask;
            _table[at] = row;
        }
    }

    /// <summary>Rows by the constants of some columns, given as bits. Built at the first use and kept up to date.</summary>
    public ColumnIndex IndexOf(ulong columns)
    {
        if (_indexes.TryGetValue(columns, out ColumnIndex? index)) return index;
        _indexes[columns] = index = new ColumnIndex(this, columns);
        for (int row = 0; row < Count; row++) index.Append(row);
        return index;
    }

    /// <summary>The same tuples without indexes.</summary>
    public TupleSet Copy()
    {
        TupleSet copy = new(arity) { Count = Count };
        copy._rows = (int[])_rows.Clone();
        copy._table = (int[])_table.Clone();
        return copy;
    }

    /// <summary>All tuples but one.</summary>
    public TupleSet Without(ReadOnlySpan<int> tuple)
    {
        TupleSet rest = new(arity);
        for (int row = 0; row < Count; row++)
            if (!Row(row).SequenceEqual(tuple)) rest.Add(Row(row));
        return rest;
    }

    /// <summary>Chains of rows that agree in some columns, the latest first.</summary>
    public sealed class ColumnIndex(TupleSet set, ulong columns)
    {
        private int[] _heads = NewTable(16);
        private int[] _next = new int[16];
        private int _count;

        public void Append(int row)
        {
            if (row >= _next.Length) Array.Resize(ref _next, Math.Max(_next.Length * 2, row + 1));
            if (++_count > _heads.Length) Grow(row);
            Link(row);
        }

        private void Link(int row)
        {
            ref int head = ref _heads[HashOf(set.Row(row)) & (uint)(_heads.Length - 1)];
            _next[row] = head;
            head = row;
        }

        private void Grow(int end)
        {
            _heads = NewTable(_heads.Length * 4);
            for (int row = 0; row < end; row++) Link(row);
        }

        private uint HashOf(ReadOnlySpan<int> tuple)
        {
            uint hash = 0x811C9DC5;
            for (ulong rest = columns; rest != 0; rest &= rest - 1) hash = Mix(hash, tuple[BitOperations.TrailingZeroCount(rest)]);
            return hash;
        }

        /// <summary>The first row that may agree with a tuple in the columns; -1 for none.</summary>
        public int First(ReadOnlySpan<int> tuple) => _heads[HashOf(tuple) & (uint)(_heads.Length - 1)];

        /// <summary>The row after one in its chain.</summary>
        public int After(int row) => _next[row];
    }
}

using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Logic;

/// <summary>A body as a sequence of steps: each atom looked up by the columns that are bound by then, each comparison as soon as its variables are.</summary>
internal sealed class JoinPlan
{
    private abstract class Step;

    private sealed class AtomStep(Relation relation, Slot[] slots, bool isNegated, ulong bound, bool isDelta, int place) : Step
    {
        public readonly Relation Relation = relation;
        public readonly Slot[] Slots = slots;
        public readonly bool IsNegated = isNegated;
        public readonly ulong Bound = bound;
        public readonly bool IsDelta = isDelta;

        /// <summary>Among the atoms of the body: those behind the delta see only older tuples.</summary>
        public readonly int Place = place;

        public readonly int[] Key = new int[slots.Length];

        /// <summary>Variables that this atom binds, by column; -1 elsewhere.</summary>
        public readonly int[] Binds = new int[slots.Length];
        public TupleSet.ColumnIndex? Index;
        public TupleSet? IndexedSet;
    }

    private sealed class CompareStep(BodyComparison literal, int binds) : Step
    {
        public readonly BodyComparison Literal = literal;

        /// <summary>The variable that <c>=</c> binds here; -1 for a comparison.</summary>
        public readonly int Binds = binds;
    }

    private readonly List<Step> _steps = [];
    private readonly Database _database;
    private readonly int[] _registers;
    private readonly Func<int, Value> _binding;
    private readonly int _deltaPlace;
    private RunState _run = null!;
    private Action<int[]> _found = null!;
    private (int Start, int End) _delta;
    private Func<Relation, int>? _oldEnd;
    private Func<Relation, int>? _end;

    /// <param name="database">Relations and constants.</param>
    /// <param name="body">The literals, safe.</param>
    /// <param name="variables">Number of variables.</param>
    /// <param name="delta">Position of the atom that ranges over new tuples only, or -1.</param>
    public JoinPlan(Database database, BodyLiteral[] body, int variables, int delta)
    {
        _database = database;
        _registers = new int[variables];
        _binding = variable => database.Constants[_registers[variable]];
        _deltaPlace = delta;
        Order(body, delta);
    }

    private void Order(BodyLiteral[] body, int delta)
    {
        HashSet<int> bound = [];
        List<int> open = [.. Enumerable.Range(0, body.Length)];
        if (delta >= 0) TakeAtom(delta);
        while (open.Count > 0)
        {
            int ready = open.FindIndex(i => IsReady(body[i], bound));
            if (ready >= 0)
            {
                int literal = open[ready];
                open.RemoveAt(ready);
                if (body[literal] is BodyAtom negated) _steps.Add(Atom(negated, bound, false, literal));
                else
                {
                    BodyComparison comparison = (BodyComparison)body[literal];
                    int binds = BoundBy(comparison, bound);
                    _steps.Add(new CompareStep(comparison, binds));
                    if (binds >= 0) bound.Add(binds);
                }
                continue;
            }
            int best = open.Where(i => body[i] is BodyAtom { IsNegated: false }).OrderByDescending(i => Fixed((BodyAtom)body[i])).First();
            TakeAtom(best);
        }

        int Fixed(BodyAtom atom) => atom.Slots.Count(slot => slot.IsConstant || slot.IsVariable && bound.Contains(slot.Variable));

        void TakeAtom(int i)
        {
            open.Remove(i);
            BodyAtom atom = (BodyAtom)body[i];
            _steps.Add(Atom(atom, bound, i == delta, i));
            foreach (Slot slot in atom.Slots)
                if (slot.IsVariable) bound.Add(slot.Variable);
        }
    }

    /// <summary>The variable that an equation binds once all others are known; -1 if it compares.</summary>
    public static int BoundBy(BodyComparison comparison, IReadOnlySet<int> bound)
    {
        if (comparison.Operator is not null) return -1;
        if (comparison.Left is VariableExpression left && !bound.Contains(left.Variable)) return left.Variable;
        if (comparison.Right is VariableExpression right && !bound.Contains(right.Variable)) return right.Variable;
        return -1;
    }

    /// <summary>True for a negated atom or comparison whose variables are bound, up to the one that an equation binds.</summary>
    public static bool IsReady(BodyLiteral literal, IReadOnlySet<int> bound)
    {
        if (literal is BodyAtom atom) return atom.IsNegated && atom.Slots.All(slot => !slot.IsVariable || bound.Contains(slot.Variable));
        BodyComparison comparison = (BodyComparison)literal;
        int binds = BoundBy(comparison, bound);
        IEnumerable<int> needed = binds < 0 ? comparison.Left.Variables.Concat(comparison.Right.Variables)
            : comparison.Left is VariableExpression left && left.Variable == binds ? comparison.Right.Variables : comparison.Left.Variables;
        return needed.All(bound.Contains);
    }

    private AtomStep Atom(BodyAtom atom, HashSet<int> bound, bool isDelta, int place)
    {
        ulong mask = 0;
        for (int column = 0; column < atom.Slots.Length; column++)
            if (atom.Slots[column].IsConstant || atom.Slots[column].IsVariable && bound.Contains(atom.Slots[column].Variable)) mask |= 1UL << column;
        AtomStep step = new(_database.Get(atom.Relation), atom.Slots, atom.IsNegated, mask, isDelta, place);
        for (int column = 0; column < atom.Slots.Length; column++)
        {
            Slot slot = atom.Slots[column];
            step.Binds[column] = slot.IsVariable && (mask & 1UL << column) == 0 ? slot.Variable : -1;
            if (slot.IsConstant) step.Key[column] = slot.Constant;
        }
        return step;
    }

    /// <summary>Calls back for every binding of the variables, perhaps several times for the same one.</summary>
    /// <param name="run">Counts partial answers.</param>
    /// <param name="found">Sees the constants of all variables.</param>
    /// <param name="end">Rows of a relation that are seen; null for all.</param>
    /// <param name="delta">Rows that the delta atom sees.</param>
    /// <param name="oldEnd">Rows that atoms behind the delta see.</param>
    public void Run(RunState run, Action<int[]> found, Func<Relation, int>? end = null, (int Start, int End) delta = default, Func<Relation, int>? oldEnd = null)
    {
        (_run, _found, _end, _delta, _oldEnd) = (run, found, end, delta, oldEnd);
        Continue(0);
    }

    private void Continue(int at)
    {
        if (at == _steps.Count)
        {
            _found(_registers);
            return;
        }
        switch (_steps[at])
        {
            case AtomStep atom: Match(atom, at); break;
            case CompareStep comparison: Compare(comparison, at); break;
        }
    }

    private void Match(AtomStep atom, int at)
    {
        TupleSet set = atom.Relation.All;
        int[] key = atom.Key;
        for (int column = 0; column < key.Length; column++)
            if ((atom.Bound & 1UL << column) != 0 && atom.Slots[column].IsVariable) key[column] = _registers[atom.Slots[column].Variable];
        if (atom.IsNegated)
        {
            _run.Step();
            if (!Exists(atom, set)) Continue(at + 1);
            return;
        }
        (int start, int end) = atom.IsDelta ? _delta : (0, _deltaPlace >= 0 && atom.Place > _deltaPlace && _oldEnd is not null ? _oldEnd(atom.Relation) : _end?.Invoke(atom.Relation) ?? set.Count);
        if (atom.Bound == 0)
        {
            for (int row = start; row < end; row++) Try(atom, set, row, at);
            return;
        }
        TupleSet.ColumnIndex index = IndexOf(atom, set);
        for (int row = index.First(key); row >= 0; row = index.After(row))
        {
            if (row >= end) continue;
            if (row < start) break;   // chains run from the latest row back
            Try(atom, set, row, at);
        }
    }

    private static TupleSet.ColumnIndex IndexOf(AtomStep atom, TupleSet set)
    {
        if (atom.Index is null || atom.IndexedSet != set) (atom.Index, atom.IndexedSet) = (set.IndexOf(atom.Bound), set);
        return atom.Index;
    }

    private static bool Exists(AtomStep atom, TupleSet set)
    {
        int[] key = atom.Key;
        ulong all = key.Length == 64 ? ulong.MaxValue : (1UL << key.Length) - 1;
        if (atom.Bound == all) return set.Contains(key);
        if (atom.Bound == 0) return set.Count > 0;
        TupleSet.ColumnIndex index = IndexOf(atom, set);
        for (int row = index.First(key); row >= 0; row = index.After(row))
            if (Agrees(atom, set.Row(row), key)) return true;
        return false;
    }

    private static bool Agrees(AtomStep atom, ReadOnlySpan<int> tuple, int[] key)
    {
        for (int column = 0; column < key.Length; column++)
            if ((atom.Bound & 1UL << column) != 0 && tuple[column] != key[column]) return false;
        return true;
    }

    private void Try(AtomStep atom, TupleSet set, int row, int at)
    {
        ReadOnlySpan<int> tuple = set.Row(row);
        // Deeper steps may use the key of this one again; compare first.
        if (atom.Bound != 0 && !Agrees(atom, tuple, atom.Key)) return;
        _run.Step();
        for (int column = 0; column < tuple.Length; column++)
        {
            int variable = atom.Binds[column];
            if (variable < 0) continue;
            bool repeated = false;
            for (int before = 0; before < column && !repeated; before++)
                if (atom.Binds[before] == variable)
                {
                    if (tuple[before] != tuple[column]) return;
                    repeated = true;
                }
            _registers[variable] = tuple[column];
        }
        Continue(at + 1);
    }

    private void Compare(CompareStep step, int at)
    {
        _run.Step();
        BodyComparison literal = step.Literal;
        if (step.Binds >= 0)
        {
            LogicExpression known = literal.Left is VariableExpression left && left.Variable == step.Binds ? literal.Right : literal.Left;
            _registers[step.Binds] = _database.Constants.IdOf(Database.Constant(known.Evaluate(_run, _binding)));
            Continue(at + 1);
            return;
        }
        Value a = literal.Left.Evaluate(_run, _binding), b = literal.Right.Evaluate(_run, _binding);
        bool holds = literal.Operator is null or BinaryOperator.Equal ? ValueOrder.AreEqual(a, b)
            : literal.Operator == BinaryOperator.NotEqual ? !ValueOrder.AreEqual(a, b)
            : Operations.Binary(_run, literal.Operator.Value, a, b).AsBool();
        if (holds) Continue(at + 1);
    }
}

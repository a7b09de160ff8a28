namespace TensorLogic.Language.Logic;

/// <summary>What rules depend on, without their constants: enough to order them and to check the order.</summary>
/// <param name="Head">Relation of the head.</param>
/// <param name="Positive">Relations that the body uses positively.</param>
/// <param name="Closed">Relations that must be complete first: negated ones, and all of a rule that aggregates.</param>
internal readonly record struct RuleDependency(string Head, IReadOnlyList<string> Positive, IReadOnlyList<string> Closed);

/// <summary>Groups of relations that depend on one another, those without dependencies first. Source: Tarjan, SIAM J. Comput. 1 (2), 1972.</summary>
internal static class Strata
{
    public static List<List<string>> Of(IReadOnlyList<RuleDependency> rules)
    {
        ILookup<string, string> uses = rules.SelectMany(rule => rule.Positive.Concat(rule.Closed).Select(body => (rule.Head, body))).ToLookup(edge => edge.Head, edge => edge.body, StringComparer.Ordinal);
        List<List<string>> groups = [];
        Dictionary<string, (int Index, int Low, bool Open)> state = new(StringComparer.Ordinal);
        Stack<string> path = new();
        foreach (string head in rules.Select(rule => rule.Head).Distinct(StringComparer.Ordinal))
            if (!state.ContainsKey(head)) Visit(head);
        return groups;

        // Iterative: a chain of rules may be longer than the stack is deep.
        void Visit(string start)
        {
            Stack<(string Name, IEnumerator<string> Next)> work = new();
            Open(start);
            while (work.TryPeek(out (string Name, IEnumerator<string> Next) top))
            {
                if (top.Next.MoveNext())
                {
                    string next = top.Next.Current;
                    if (!state.TryGetValue(next, out (int Index, int Low, bool Open) known)) Open(next);
                    else if (known.Open) Lower(top.Name, known.Index);
                    continue;
                }
                work.Pop();
                (int index, int low, _) = state[top.Name];
                if (work.TryPeek(out (string Name, IEnumerator<string> Next) parent)) Lower(parent.Name, low);
                if (low != index) continue;
                List<string> group = [];
                string member;
                do
                {
                    member = path.Pop();
                    state[member] = state[member] with { Open = false };
                    group.Add(member);
                }
                while (member != top.Name);
                groups.Add(group);
            }

            void Open(string name)
            {
                state[name] = (state.Count, state.Count, true);
                path.Push(name);
                work.Push((name, uses[name].GetEnumerator()));
            }

            void Lower(string name, int low)
            {
                (int Index, int Low, bool Open) own = state[name];
                state[name] = own with { Low = Math.Min(own.Low, low) };
            }
        }
    }

    /// <summary>The first rule with a relation that must be complete before the rule's own head, and is not; -1 if there is none.</summary>
    public static int FirstViolation(IReadOnlyList<RuleDependency> rules)
    {
        Dictionary<string, int> groupOf = new(StringComparer.Ordinal);
        List<List<string>> groups = Of(rules);
        for (int i = 0; i < groups.Count; i++)
            foreach (string name in groups[i]) groupOf[name] = i;
        for (int i = 0; i < rules.Count; i++)
            if (rules[i].Closed.Any(body => groupOf[body] == groupOf[rules[i].Head])) return i;
        return -1;
    }
}

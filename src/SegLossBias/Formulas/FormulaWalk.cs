namespace SegLossBias;

/// <summary>Goes through [rows, width] numbers and says where those of two formulas stand, which are repeated where they do not vary.</summary>
internal struct FormulaWalk(int width, Formula first, Formula second)
{
    private readonly int _width = width;
    private readonly int _firstStep = first.Width > 1 ? 1 : 0;
    private readonly int _secondStep = second.Width > 1 ? 1 : 0;

    // From the end of a row to the start of the next, or back to the start of the same one.
    private readonly int _firstTurn = (first.IsPerImage ? first.Width : 0) - (first.Width > 1 ? width : 0);
    private readonly int _secondTurn = (second.IsPerImage ? second.Width : 0) - (second.Width > 1 ? width : 0);
    private int _column;

    internal int First { get; private set; }

    internal int Second { get; private set; }

    internal void Next()
    {
        First += _firstStep;
        Second += _secondStep;
        if (++_column == _width)
        {
            _column = 0;
            First += _firstTurn;
            Second += _secondTurn;
        }
    }
}

/// The code of queries.
extension Assembler {
    func assembleQuery(
        _ goals: [Goal],
        _ variables: VariableTable
    ) -> (procedure: Int32, columns: QueryColumns) {
        let procedure = newProcedure("query")
        let code = ProcedureAssembler(self, number: procedure)
        let columns = code.assembleQuery(goals, variables)
        assembleWaiting()
        return (procedure, columns)
    }
}

extension ProcedureAssembler {
    /// A query: every way in which its lines hold together is a row.
    func assembleQuery(_ goals: [Goal], _ table: VariableTable) -> QueryColumns {
        begin(table, file: "query")
        var columns = QueryColumns()
        // A line that is a term has its value in a variable, so that the row can show it.
        var lines: [Goal] = []
        for goal in goals {
            guard case .test(let term) = goal.kind, !goal.isNegated else {
                lines.append(goal)
                let slot = newSlot()
                emit(.move(assembler.constant(true), into: slot))
                columns.expressions.append(slot)
                continue
            }
            guard isValue(term) else {
                lines.append(goal)
                let slot = newSlot()
                emit(.move(assembler.constant(true), into: slot))
                columns.expressions.append(slot)
                continue
            }
            let shown = variables.add("expression", at: goal.position, generated: false)
            lines.append(
                Goal(
                    kind: .unify(.variable(shown), term),
                    isNegated: false,
                    modifiers: goal.modifiers,
                    range: goal.range
                )
            )
            lines.append(
                Goal(
                    kind: .test(.variable(shown)),
                    isNegated: false,
                    modifiers: [],
                    range: goal.range
                )
            )
            columns.expressions.append(slot(of: shown))
        }
        body(lines)
        for id in table.entries.indices {
            let variable = Variable(id: id)
            guard bound.contains(variable), !table[variable].isGenerated else { continue }
            columns.variables.append((table[variable].name, slot(of: variable)))
        }
        emit(.row)
        emit(.fail)
        close()
        return columns
    }

    /// Whether a line is a term with a value, not a call that gives its value to an argument.
    private func isValue(_ term: Expression) -> Bool {
        guard case .call(let call) = term else { return true }
        return call.arguments.count <= source.arity(call.function)
    }
}

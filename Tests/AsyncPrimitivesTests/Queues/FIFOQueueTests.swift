// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import TestSupport
import Testing

@Suite("FIFOQueue")
struct FIFOQueueTests {
    @Test("behaves as an array does, whatever the order of calls", arguments: 0..<50)
    func model(_ seed: Int) {
        var generator = SplitMixGenerator(seed: UInt64(seed))
        var queue = FIFOQueue<Int>()
        var model: [Int] = []
        for step in 0..<400 {
            switch Int.random(in: 0..<7, using: &generator) {
            case 0...3:
                queue.append(step)
                model.append(step)
            case 4, 5:
                #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            default:
                let target = Int.random(in: 0...step, using: &generator)
                let expected = model.firstIndex { $0 % 9 == target % 9 }.map { model.remove(at: $0) }
                #expect(queue.removeFirst { $0 % 9 == target % 9 } == expected)
            }
            #expect(queue.count == model.count)
            #expect(queue.first == model.first)
        }
        #expect(queue.elements == model)
        queue.removeAll()
        #expect(queue.isEmpty)
    }
}

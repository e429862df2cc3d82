"""What can be told of a motion from its joint positions: kinematics, limbs, and predicates on both."""
